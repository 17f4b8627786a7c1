package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// patience is how long something is waited for that has to come. It is no measure of anything: it only ends a test that would hang.
const patience = 20 * time.Second

// watching is a Watch under way.
type watching struct {
	told  chan store.Key
	ended chan error
	stop  context.CancelFunc
}

// watch begins to watch, and returns when every later change will be told.
func watch(t *testing.T, s store.Store) *watching {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &watching{told: make(chan store.Key), ended: make(chan error, 1), stop: cancel}
	go func() {
		w.ended <- s.Watch(ctx, func(k store.Key) {
			// Whoever is told may read the store.
			if _, err := s.Record(ctx, k); err != nil && !errors.Is(err, store.ErrNotFound) && ctx.Err() == nil {
				t.Error(err)
			}
			select {
			case w.told <- k:
			case <-ctx.Done():
			}
		})
	}()
	if first := w.next(t); first != (store.Key{}) {
		t.Fatalf("what is told first is %v, want the zero key", first)
	}
	return w
}

// next is what is told next.
func (w *watching) next(t *testing.T) store.Key {
	t.Helper()
	select {
	case k := <-w.told:
		return k
	case err := <-w.ended:
		t.Fatalf("the watch ended: %v", err)
	case <-time.After(patience):
		t.Fatal("nothing is told")
	}
	return store.Key{}
}

// until waits until the key is told, or that any record may have changed.
func (w *watching) until(t *testing.T, what string, want store.Key) {
	t.Helper()
	for {
		switch w.next(t) {
		case want, store.Key{}:
			return
		}
		t.Logf("%s: something else is told first", what)
	}
}

// end ends it and gives its error.
func (w *watching) end(t *testing.T) error {
	t.Helper()
	w.stop()
	select {
	case err := <-w.ended:
		return err
	case <-time.After(patience):
		t.Fatal("the watch does not end")
		return nil
	}
}

// Whatever is done to a record, by whomever, all who watch are told.
func testWatch(t *testing.T, here, there store.Store) {
	commit(t, here, store.Change{Put: record(key(9), 1)}) // Before anybody watches.
	alive := record(key(1), 1)
	alive.RetiredAt = time.Time{}
	watchers := []*watching{watch(t, here), watch(t, here), watch(t, there)}
	for _, step := range []struct {
		what string
		do   store.Change
		key  store.Key
	}{
		{"a new record", store.Change{Put: alive}, key(1)},
		{"another one", store.Change{Put: record(key(2), 1)}, key(2)},
		{"a changed one", store.Change{Put: alive, Expect: 1}, key(1)},
		{"a retired one", store.Change{Retire: []store.Key{key(1)}, RetireAt: start()}, key(1)},
		{"a forgotten one", store.Change{Forget: []store.Key{key(1)}}, key(1)},
		{"one that is there again", store.Change{Put: alive}, key(1)},
		{"one that was there before the watch", store.Change{Put: record(key(9), 2), Expect: 1}, key(9)},
	} {
		commit(t, here, step.do)
		for _, w := range watchers {
			w.until(t, step.what, step.key)
		}
		if step.do.Put != nil {
			step.do.Expect = step.do.Put.Generation
			commit(t, there, step.do)
			for _, w := range watchers {
				w.until(t, step.what+", elsewhere", step.key)
			}
		}
	}
	for _, w := range watchers {
		if err := w.end(t); !errors.Is(err, context.Canceled) {
			t.Errorf("the watch ended with %v", err)
		}
	}
	// Who comes after all have gone is served, too.
	late := watch(t, there)
	commit(t, here, store.Change{Put: record(key(3), 1)})
	late.until(t, "with a new watch", key(3))
	if err := late.end(t); !errors.Is(err, context.Canceled) {
		t.Errorf("the watch ended with %v", err)
	}
}

// A watch ends with its context even if whoever is told does not return for a while, and leaves the others alone.
func testWatchCanceled(t *testing.T, s store.Store) {
	other := watch(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- s.Watch(ctx, func(store.Key) { cancel() })
	}()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the watch ended with %v", err)
	}
	commit(t, s, store.Change{Put: record(key(1), 1)})
	other.until(t, "another watch", key(1))
	_ = other.end(t)
}

// Nobody waits for news of a store that was closed.
func testWatchClosed(t *testing.T, s store.Store) {
	w := watch(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-w.ended:
		if err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("the watch of a store that was closed ended with %v", err)
		}
	case <-time.After(patience):
		t.Error("the watch goes on")
	}
	w.stop()
}
