package storetest

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

func testLock(t *testing.T, s store.Store) {
	lease, err := s.Lock(t.Context(), "lingju/a")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := s.Lock(t.Context(), "lingju/b")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere.Unlock()

	ctx, cancel := context.WithCancel(t.Context())
	waited := make(chan error)
	go func() {
		_, err := s.Lock(ctx, "lingju/a")
		waited <- err
	}()
	cancel()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("the lock was waited for until %v", err)
	}
	if _, err := s.Lock(ended(), "lingju/c"); !errors.Is(err, context.Canceled) {
		t.Errorf("a lock that nobody has, with a context that is over: %v", err)
	}

	go func() {
		lease, err := s.Lock(t.Context(), "lingju/a")
		if err == nil {
			lease.Unlock()
		}
		waited <- err
	}()
	lease.Unlock()
	if err := <-waited; err != nil {
		t.Errorf("after it was given back: %v", err)
	}
}

// One holds a lock at a time.
func testConcurrentLock(t *testing.T, here, there store.Store) {
	var inside atomic.Int32
	together(t, 8, func(n int) error {
		lease, err := []store.Store{here, there}[n%2].Lock(t.Context(), "lingju/a")
		if err != nil {
			return err
		}
		defer lease.Unlock()
		if n := inside.Add(1); n != 1 {
			return fmt.Errorf("%d hold the lock", n)
		}
		goruntime.Gosched()
		inside.Add(-1)
		return nil
	})
}

// A lock that one process has keeps the others out, and one that was given back is not given back again.
func testLockElsewhere(t *testing.T, here, there store.Store) {
	mine, err := here.Lock(t.Context(), "lingju/a")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan store.Lease)
	go func() {
		lease, err := there.Lock(t.Context(), "lingju/a")
		if err != nil {
			t.Error(err)
		}
		got <- lease
	}()
	select {
	case <-got:
		t.Fatal("two hold one lock")
	case <-mine.Lost():
		t.Fatal("the lock was lost")
	case <-time.After(30 * time.Millisecond): // Long enough for a wrong lock to be seen, in nearly every run.
	}
	mine.Unlock()
	theirs := <-got
	mine.Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := here.Lock(ctx, "lingju/a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("whoever gave a lock back gave that of another back, too: %v", err)
	}
	theirs.Unlock()
	again, err := here.Lock(t.Context(), "lingju/a")
	if err != nil {
		t.Fatal(err)
	}
	again.Unlock()
}
