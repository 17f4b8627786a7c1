package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// A context that is over is an error of every method, and nothing is written.
func testCanceled(t *testing.T, s store.Store) {
	ctx := ended()
	for name, call := range map[string]func() error{
		"Record":    func() error { _, err := s.Record(ctx, key(1)); return err },
		"Records":   func() error { _, err := s.Records(ctx, "sipauth", "x"); return err },
		"Latch":     func() error { _, err := s.Latch(ctx, store.LatchRef{}); return err },
		"Begin":     func() error { _, err := s.Begin(ctx, store.Exchange{At: start()}, nil); return err },
		"Commit":    func() error { return s.Commit(ctx, store.Change{Put: record(key(1), 1)}) },
		"Lock":      func() error { _, err := s.Lock(ctx, "name"); return err },
		"Exchanges": func() error { _, err := s.Exchanges(ctx, store.Query{}); return err },
		"Uses":      func() error { _, err := s.Uses(ctx, "/flow.hcl"); return err },
		"Value":     func() error { _, err := s.Value(ctx, "name"); return err },
		"SetValue":  func() error { _, err := s.SetValue(ctx, "name", []byte("value")); return err },
		"SwapValue": func() error { return s.SwapValue(ctx, "name", nil, []byte("value")) },
		"Watch":     func() error { return s.Watch(ctx, func(store.Key) {}) },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want one that is context.Canceled", name, err)
		}
	}
	equal(t, exchanges(t, s, store.Query{}), []store.Exchange(nil))
	_, err := s.Record(t.Context(), key(1))
	notFound(t, "Record", err)
}

// together runs do at the same time for each n below count, and fails the test on the first error.
func together(t *testing.T, count int, do func(n int) error) {
	t.Helper()
	errs := make(chan error, count)
	var all sync.WaitGroup
	for n := range count {
		all.Go(func() { errs <- do(n) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// No ID is given twice, no row is lost, and what each goroutine begins has growing IDs.
func testConcurrentBegin(t *testing.T, s store.Store) {
	const writers, each = 20, 15
	given := make([][]int64, writers)
	together(t, writers, func(n int) error {
		for range each {
			id, err := s.Begin(t.Context(), store.Exchange{At: start(), Key: key(n), Scopes: map[string]string{"monthly": fmt.Sprint(n)}}, nil)
			if err != nil {
				return err
			}
			given[n] = append(given[n], id)
		}
		return nil
	})
	var all []int64
	for n, own := range given {
		if !slices.IsSorted(own) {
			t.Errorf("IDs are not growing: %v", own)
		}
		equal(t, ids(exchanges(t, s, store.Query{Limit: "monthly", Scope: fmt.Sprint(n)})), own)
		all = append(all, own...)
	}
	slices.Sort(all)
	equal(t, ids(exchanges(t, s, store.Query{})), all)
	if n := len(slices.Compact(all)); n != writers*each {
		t.Errorf("%d different IDs were given to %d exchanges", n, writers*each)
	}
}

// Judges that look at the same time do not all see the same last place left.
func testConcurrentJudge(t *testing.T, s store.Store) {
	const askers, most = 40, 7
	full := errors.New("full")
	judge := func(rows func(string, time.Time) ([]store.Exchange, error)) error {
		used, err := rows("monthly", time.Time{})
		if err == nil && len(used) >= most {
			err = full
		}
		return err
	}
	var mu sync.Mutex
	var given []int64
	together(t, askers, func(int) error {
		id, err := s.Begin(t.Context(), store.Exchange{At: start(), Scopes: map[string]string{"monthly": "x"}}, judge)
		if errors.Is(err, full) {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		given = append(given, id)
		return err
	})
	slices.Sort(given)
	equal(t, ids(exchanges(t, s, store.Query{})), given)
	if len(given) != most {
		t.Errorf("%d exchanges were begun where %d are allowed", len(given), most)
	}
}

// Of those who write the same generation at the same time one succeeds; the others have a conflict.
func testConcurrentGeneration(t *testing.T, s store.Store) {
	const rounds, racers = 10, 8
	for generation := range uint64(rounds) {
		var mu sync.Mutex
		var winners []string
		together(t, racers, func(n int) error {
			r := record(key(1), generation+1)
			r.MadeBy = fmt.Sprint(n)
			err := s.Commit(t.Context(), store.Change{Put: r, Expect: generation})
			if errors.Is(err, store.ErrConflict) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			winners = append(winners, r.MadeBy)
			return err
		})
		got, err := s.Record(t.Context(), key(1))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, winners, []string{got.MadeBy})
	}
}

// Of those who set a value at the same time all get the same one.
func testConcurrentValue(t *testing.T, s store.Store) {
	const racers = 8
	got := make([]string, racers)
	together(t, racers, func(n int) error {
		v, err := s.SetValue(t.Context(), "hash_key", fmt.Appendf(nil, "value of %d", n))
		got[n] = string(v)
		return err
	})
	if len(slices.Compact(slices.Clone(got))) != 1 || got[0] == "" {
		t.Errorf("the racers got %q", got)
	}
}

func testCloseTwice(t *testing.T, s store.Store) {
	begin(t, s, store.Exchange{At: start()})
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
