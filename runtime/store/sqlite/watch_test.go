package sqlite_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// watched is a Watch of a store, begun.
type watched struct {
	told  chan store.Key
	ended chan error
}

func watch(t *testing.T, s *sqlite.Store) watched {
	t.Helper()
	w := watched{make(chan store.Key, 5000), make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() { w.ended <- s.Watch(ctx, func(k store.Key) { w.told <- k }) }()
	select {
	case <-w.told:
	case err := <-w.ended:
		t.Fatal(err)
	}
	return w
}

// Who could not be told of every change, because there were more than are noted, is told that any record may have changed.
func TestWatchMissesNothing(t *testing.T) {
	path := made(t)
	s := open(t, path, sqlite.Options{Poll: 5 * time.Millisecond})
	w := watch(t, s)
	// What 1,500 others wrote, of which the first are no longer noted.
	run(t, path, `WITH RECURSIVE n(i) AS (SELECT 501 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
		INSERT INTO written (revision, vendor, account, fingerprint) SELECT i, 'lingju', i, '' FROM n`)
	if k := <-w.told; k != (store.Key{}) {
		t.Errorf("told of %v", k)
	}
	if err := s.Commit(t.Context(), store.Change{Put: &store.Record{Key: store.Key{Vendor: "sipauth"}}}); err != nil {
		t.Fatal(err)
	}
	if k := <-w.told; k.Vendor != "sipauth" {
		t.Errorf("told of %v", k)
	}
}

// What this process writes is told at once, not at the next look for what others wrote.
func TestWatchIsWoken(t *testing.T) {
	s := open(t, made(t), sqlite.Options{Poll: time.Hour})
	w := watch(t, s)
	if err := s.Commit(t.Context(), store.Change{Put: &store.Record{Key: store.Key{Vendor: "sipauth"}}}); err != nil {
		t.Fatal(err)
	}
	if k := <-w.told; k.Vendor != "sipauth" {
		t.Errorf("told of %v", k)
	}
}

// What is noted for those who watch does not grow for ever.
func TestNotesAreBounded(t *testing.T) {
	path := made(t)
	run(t, path, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
		INSERT INTO written (revision, vendor, account, fingerprint) SELECT i, 'lingju', i, '' FROM n`)
	s := open(t, path, sqlite.Options{})
	for generation := range uint64(100) {
		err := s.Commit(t.Context(), store.Change{Put: &store.Record{Key: store.Key{Vendor: "sipauth"}, Generation: generation + 1}, Expect: generation})
		if err != nil {
			t.Fatal(err)
		}
	}
	var least, most int
	if err := older(t, path).db.QueryRow("SELECT min(revision), max(revision) FROM written").Scan(&least, &most); err != nil {
		t.Fatal(err)
	}
	if most != 5100 || least < most-1100 || least > most-900 {
		t.Errorf("changes %d to %d are noted", least, most)
	}
}

// A fault ends all who watch with an error. When it is mended, others can watch.
func TestWatchEndsWithAFault(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	path := made(t)
	s := open(t, path, sqlite.Options{Poll: 5 * time.Millisecond})
	one, two := watch(t, s), watch(t, s)
	run(t, path, "ALTER TABLE written RENAME TO hidden")
	for _, w := range []watched{one, two} {
		if err := <-w.ended; err == nil || !strings.Contains(err.Error(), "store "+path+": ") {
			t.Errorf("the watch ended with %v", err)
		}
	}
	if err := s.Watch(t.Context(), func(store.Key) {}); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("the next watch ended with %v", err)
	}
	run(t, path, "ALTER TABLE hidden RENAME TO written")
	w := watch(t, s)
	if err := s.Commit(t.Context(), store.Change{Put: &store.Record{Key: store.Key{Vendor: "sipauth"}}}); err != nil {
		t.Fatal(err)
	}
	if k := <-w.told; k.Vendor != "sipauth" {
		t.Errorf("told of %v", k)
	}
}

// A database that is locked for a while is looked at again.
func TestWatchOutlastsALock(t *testing.T) {
	path := made(t)
	s := open(t, path, sqlite.Options{Poll: 5 * time.Millisecond, Wait: 10 * time.Millisecond})
	w := watch(t, s)
	release := hold(t, path)
	select {
	case err := <-w.ended:
		t.Errorf("the watch ended with %v", err)
	case <-time.After(50 * time.Millisecond): // Several looks.
	}
	release()
	if err := s.Commit(t.Context(), store.Change{Put: &store.Record{Key: store.Key{Vendor: "sipauth"}}}); err != nil {
		t.Fatal(err)
	}
	if k := <-w.told; k.Vendor != "sipauth" {
		t.Errorf("told of %v", k)
	}
}
