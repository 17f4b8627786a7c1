package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// hold takes the lock for writing, as another process does, and returns what gives it back.
func hold(t *testing.T, path string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() {
		_, err := conn.ExecContext(context.Background(), "ROLLBACK")
		if err := errors.Join(err, conn.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
}

func TestLockedForTooLong(t *testing.T) {
	path := made(t)
	s := open(t, path, sqlite.Options{Wait: 20 * time.Millisecond})
	release := hold(t, path)
	defer release()
	_, err := s.Begin(t.Context(), store.Exchange{At: time.Now()}, nil)
	if !errors.Is(err, store.ErrBusy) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v is not %v", err, store.ErrBusy)
	}
	if rows, err := s.Exchanges(t.Context(), store.Query{}); err != nil || len(rows) != 1 {
		t.Errorf("a reader is kept out, too: %d rows, %v", len(rows), err)
	}
	release()
	if _, err := s.Begin(t.Context(), store.Exchange{At: time.Now()}, nil); err != nil {
		t.Errorf("after the lock was given back: %v", err)
	}
}

// Who gives up while another process has the lock is let go at once, and wrote nothing; the others go on waiting.
func TestCanceledWhileLocked(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	path := made(t)
	s, _, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	release := hold(t, path)
	defer release()

	patient := make(chan error)
	go func() {
		_, err := s.Begin(context.Background(), store.Exchange{Address: "patient"}, nil)
		patient <- err
	}()
	ctx, cancel := context.WithCancel(t.Context())
	impatient := make(chan error)
	go func() {
		_, err := s.Begin(ctx, store.Exchange{Address: "impatient"}, nil)
		impatient <- err
	}()
	cancel()
	if err := <-impatient; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	select {
	case err := <-patient:
		t.Errorf("the other did not wait: %v", err)
	default:
	}
	release()
	if err := <-patient; err != nil {
		t.Error(err)
	}
	rows, err := s.Exchanges(t.Context(), store.Query{})
	if err != nil || len(rows) != 2 || rows[1].Address != "patient" {
		t.Errorf("the ledger has %+v (%v)", rows, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Close waits for writes under way, and what is asked for afterwards is refused.
func TestCloseWaits(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	path := filepath.Join(t.TempDir(), "authrun.db")
	s, _, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const writers = 30
	results := make(chan error, writers)
	for range writers {
		go func() {
			_, err := s.Begin(context.Background(), store.Exchange{At: time.Now()}, nil)
			results <- err
		}()
	}
	if err := <-results; err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	written := 1
	for range writers - 1 {
		if err := <-results; err == nil {
			written++
		} else if !strings.Contains(err.Error(), "it was closed") {
			t.Error(err)
		}
	}
	rows, err := open(t, path, sqlite.Options{}).Exchanges(t.Context(), store.Query{})
	if err != nil || len(rows) != written {
		t.Errorf("%d rows are stored of %d written (%v)", len(rows), written, err)
	}
}
