package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/store"
)

// stored makes a store and returns it with its path.
func stored(t *testing.T) *Store {
	t.Helper()
	s, _, err := Open(t.Context(), filepath.Join(t.TempDir(), "authrun.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// gather holds the lock until all of do are waiting for it, so that they come into one batch, and returns their errors.
func gather(t *testing.T, s *Store, do ...func(*transaction) error) []error {
	t.Helper()
	other := newWriter(connector{path: s.path, wait: time.Minute})
	if err := other.begin(func() bool { return true }); err != nil {
		t.Fatal(err)
	}
	errs := make([]error, len(do))
	var all sync.WaitGroup
	for i := range do {
		all.Go(func() { errs[i] = s.write.write(context.Background(), do[i]) })
		for waiting := 0; waiting <= i; {
			s.write.mu.Lock()
			waiting = len(s.write.queue)
			s.write.mu.Unlock()
			time.Sleep(time.Millisecond)
		}
	}
	other.reset()
	if err := other.close(); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	return errs
}

// note writes a row, and then gives err.
func note(name string, err error) func(*transaction) error {
	return func(tx *transaction) error {
		if _, err := tx.exec("INSERT INTO value (name, content) VALUES (?, x'00')", name); err != nil {
			return err
		}
		return err
	}
}

func TestBatch(t *testing.T) {
	bad := errors.New("bad")
	for _, c := range []struct {
		name  string
		do    []func(*transaction) error
		want  []error
		wrote []string
	}{
		{"all well", []func(*transaction) error{note("a", nil), note("b", nil), note("c", nil)}, []error{nil, nil, nil}, []string{"a", "b", "c"}},
		{"one fails after it wrote", []func(*transaction) error{note("a", nil), note("b", bad), note("c", nil)}, []error{nil, bad, nil},
			[]string{"a", "c"}},
		{"all fail", []func(*transaction) error{note("a", bad), note("b", bad)}, []error{bad, bad}, nil},
		{"one is refused before it wrote", []func(*transaction) error{note("a", nil), func(*transaction) error { return store.ErrConflict }},
			[]error{nil, store.ErrConflict}, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stored(t)
			errs := gather(t, s, c.do...)
			for i := range errs {
				if !errors.Is(errs[i], c.want[i]) {
					t.Errorf("write %d: error %v, want %v", i, errs[i], c.want[i])
				}
			}
			var wrote []string
			rows, err := s.read.QueryContext(t.Context(), "SELECT name FROM value ORDER BY name")
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var name string
				if err := rows.Scan(&name); err != nil {
					t.Fatal(err)
				}
				wrote = append(wrote, name)
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.wrote, wrote); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What came while the lock was away goes into one transaction: each write sees the ones before it, which nobody else sees yet.
func TestBatchIsOneTransaction(t *testing.T) {
	s := stored(t)
	type counts struct{ Here, Elsewhere int }
	var seen []counts
	do := func(tx *transaction) error {
		var c counts
		err := tx.row("SELECT count(*) FROM value", nil, &c.Here)
		err = errors.Join(err, s.read.QueryRow("SELECT count(*) FROM value").Scan(&c.Elsewhere))
		seen = append(seen, c)
		return errors.Join(err, note(string(rune('a'+c.Here)), nil)(tx))
	}
	for _, err := range gather(t, s, do, do, do) {
		if err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]counts{{0, 0}, {1, 0}, {2, 0}}, seen); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Who gives up a write that was begun learns how it ended: only so does an error mean that nothing was written.
func TestBegunIsFinished(t *testing.T) {
	s := stored(t)
	ctx, cancel := context.WithCancel(t.Context())
	begun, finish, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.write.write(ctx, func(tx *transaction) error {
			close(begun)
			<-finish
			return note("a", nil)(tx)
		})
	}()
	<-begun
	cancel()
	select {
	case err := <-done:
		close(finish)
		t.Fatalf("the caller was told %v while the write was under way", err)
	case <-time.After(20 * time.Millisecond): // Long enough for a wrong writer to be seen, in nearly every run.
	}
	close(finish)
	if err := <-done; err != nil {
		t.Errorf("it was written, and the caller was told %v", err)
	}
	if _, err := s.Value(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}
