// Package storetest holds every store to what store.Store promises. Each implementation's own tests call [Run] and add what is theirs.
//
// It is imported by tests only.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authrun/authrun/runtime/store"
)

// Open makes a new and empty store, which keeps so many of the exchanges begun last in any case; 0: the usual number. It gives two handles of
// it, as two processes have them; a store that only one process can use gives the same one twice. The suite closes both.
type Open func(t *testing.T, rows int) (here, there store.Store)

// Run tests the stores that open makes.
func Run(t *testing.T, open Open) {
	t.Helper()
	runAlone(t, open)
	runTogether(t, open)
	t.Run("Bounded", func(t *testing.T) {
		here, there := open(t, bound)
		testBounded(t, here, there)
		closeBoth(t, here, there)
	})
}

// runAlone runs what needs one handle.
func runAlone(t *testing.T, open Open) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, store.Store)
	}{
		{"Empty", testEmpty},
		{"Record", testRecord},
		{"RecordTimes", testRecordTimes},
		{"RecordsOfAnAccount", testRecordsOfAccount},
		{"SwappedKeys", testSwappedKeys},
		{"Generation", testGeneration},
		{"ConflictWritesNothing", testConflictWritesNothing},
		{"Forget", testForget},
		{"Retire", testRetire},
		{"Latch", testLatch},
		{"Exchange", testExchange},
		{"ExchangeSettled", testExchangeSettled},
		{"ExchangeUnsent", testExchangeUnsent},
		{"Query", testQuery},
		{"Judge", testJudge},
		{"Use", testUse},
		{"Value", testValue},
		{"SwapValue", testSwapValue},
		{"Given", testGiven},
		{"Copies", testCopies},
		{"Canceled", testCanceled},
		{"ConcurrentBegin", testConcurrentBegin},
		{"ConcurrentJudge", testConcurrentJudge},
		{"ConcurrentGeneration", testConcurrentGeneration},
		{"ConcurrentValue", testConcurrentValue},
		{"Lock", testLock},
		{"WatchCanceled", testWatchCanceled},
		{"WatchClosed", testWatchClosed},
		{"CloseTwice", testCloseTwice},
	} {
		t.Run(c.name, func(t *testing.T) {
			here, there := open(t, 0)
			c.run(t, here)
			closeBoth(t, here, there)
		})
	}
}

// runTogether runs what is between two processes.
func runTogether(t *testing.T, open Open) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(t *testing.T, here, there store.Store)
	}{
		{"LockElsewhere", testLockElsewhere},
		{"ConcurrentLock", testConcurrentLock},
		{"ConcurrentSwap", testConcurrentSwap},
		{"ConcurrentGiven", testConcurrentGiven},
		{"Watch", testWatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			here, there := open(t, 0)
			c.run(t, here, there)
			closeBoth(t, here, there)
		})
	}
}

// closeBoth closes both handles, of which one may be the other.
func closeBoth(t *testing.T, here, there store.Store) {
	t.Helper()
	if err := here.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := there.Close(); err != nil {
		t.Errorf("Close elsewhere: %v", err)
	}
}

// start is a moment with nanoseconds, in a zone that is not UTC.
func start() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 89, time.FixedZone("", 8*3600)) }

// key makes different keys of different numbers, alike in shape to real ones.
func key(n int) store.Key {
	digits := "0123456789abcdef"
	hash := func(salt int) string {
		b := make([]byte, 64)
		for i := range b {
			b[i] = digits[(n*(i+salt)+i+salt)%16]
		}
		b[0], b[1], b[2], b[3] = digits[n>>12&15], digits[n>>8&15], digits[n>>4&15], digits[n&15]
		return string(b)
	}
	return store.Key{Vendor: "sipauth", Account: hash(3), Fingerprint: hash(7)}
}

func begin(t *testing.T, s store.Store, e store.Exchange) int64 {
	t.Helper()
	id, err := s.Begin(t.Context(), e, nil)
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	return id
}

func commit(t *testing.T, s store.Store, c store.Change) {
	t.Helper()
	if err := s.Commit(t.Context(), c); err != nil {
		t.Fatalf("Commit: %v", err)
	}
}

func exchanges(t *testing.T, s store.Store, q store.Query) []store.Exchange {
	t.Helper()
	found, err := s.Exchanges(t.Context(), q)
	if err != nil {
		t.Fatalf("Exchanges: %v", err)
	}
	return found
}

func ids(rows []store.Exchange) []int64 {
	found := []int64{}
	for _, e := range rows {
		found = append(found, e.ID)
	}
	return found
}

// equal compares what was read with what was written; times compare as instants, and none as an empty one.
func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// ended is a context that is over.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
