package sqlite_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// filled makes a store with n credentials.
func filled(b *testing.B, n int) string {
	path := filepath.Join(b.TempDir(), "authrun.db")
	s, _, err := sqlite.Open(b.Context(), path, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	acquire(b, s, n, 50)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

func benchKey(n int) store.Key {
	return store.Key{Vendor: "sipauth", Account: fmt.Sprintf("%064x", uint64(n)*2654435761), Fingerprint: fmt.Sprintf("%064x", n)}
}

// acquire makes the two durable writes of an acquire for each of n keys, as many at the same time as parallelism says.
func acquire(b *testing.B, s store.Store, n, parallelism int) {
	next := make(chan int)
	var all sync.WaitGroup
	for range parallelism {
		all.Go(func() {
			for i := range next {
				k := benchKey(i)
				id, err := s.Begin(b.Context(), store.Exchange{At: time.Now(), Key: k, Address: "auth.sipauth.x", Operation: "acquire",
					Process: "host 1", Scopes: map[string]string{"interval": k.Account}}, nil)
				if err != nil {
					b.Error(err)
					return
				}
				err = s.Commit(b.Context(), store.Change{
					Outcomes: []store.Outcome{{ID: id, Outcome: "ok", Status: 200, Took: time.Millisecond, Generation: 1}},
					Put:      &store.Record{Key: k, Generation: 1, Sealed: make([]byte, 300), IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)},
					Use:      &store.Use{Flow: "/srv/flow.hcl", Address: fmt.Sprintf("auth.sipauth.x[%d]", i), Key: k, Inputs: make([]byte, 32)},
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// BenchmarkAcquire is the store's part of a cold apply of 10,000 auth blocks.
func BenchmarkAcquire(b *testing.B) {
	for _, parallelism := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("10000/%d", parallelism), func(b *testing.B) {
			for b.Loop() {
				s, _, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "authrun.db"), sqlite.Options{})
				if err != nil {
					b.Fatal(err)
				}
				acquire(b, s, 10_000, parallelism)
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkGate compares what one vendor call costs in durable writes with what SQLite needs for the smallest one: the row before it, judged by
// those of its limit, and after it the outcome with the credential. They are done in turn, so that the ratios hold on a machine whose speed
// drifts; the medians are reported.
func BenchmarkGate(b *testing.B) {
	bare := bareWrite(b)
	s, _, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "authrun.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	took := map[string][]time.Duration{}
	timed := func(name string, do func() error) {
		began := time.Now()
		if err := do(); err != nil {
			b.Fatal(err)
		}
		took[name] = append(took[name], time.Since(began))
	}
	judge := func(rows func(string, time.Time) ([]store.Exchange, error)) error {
		_, err := rows("monthly", time.Time{})
		return err
	}
	n := 0
	for b.Loop() {
		key, id := benchKey(n%100), int64(0)
		timed("bare", bare)
		timed("begin", func() (err error) {
			id, err = s.Begin(b.Context(), store.Exchange{At: time.Now(), Key: key, Address: "auth.sipauth.x", Operation: "acquire",
				Process: "host 1", Scopes: map[string]string{"monthly": fmt.Sprint(n / 10)}, Needed: time.Now().AddDate(0, 0, 35)}, judge)
			return err
		})
		timed("commit", func() error {
			generation := uint64(n / 100)
			return s.Commit(b.Context(), store.Change{Expect: generation,
				Put:      &store.Record{Key: key, Generation: generation + 1, Sealed: make([]byte, 300), IssuedAt: time.Now()},
				Outcomes: []store.Outcome{{ID: id, Outcome: "ok", Status: 200, Generation: generation + 1}}})
		})
		n++
	}
	for name, all := range took {
		slices.Sort(all)
		b.ReportMetric(float64(all[len(all)/2].Nanoseconds()), name+"-ns")
	}
}

// bareWrite is the smallest durable write of SQLite in WAL mode.
func bareWrite(b *testing.B) func() error {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE t (n INTEGER PRIMARY KEY)"); err != nil {
		b.Fatal(err)
	}
	insert, err := db.Prepare("INSERT INTO t DEFAULT VALUES")
	if err != nil {
		b.Fatal(err)
	}
	return func() error { _, err := insert.Exec(); return err }
}

// BenchmarkLock is one account's lock that 50 wait for, like 50 processes, of which each holds it for a moment: reported is how long it lies idle
// from one to the next.
func BenchmarkLock(b *testing.B) {
	const waiters, hold = 50, time.Millisecond
	s, _, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "authrun.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var held time.Duration // of whoever has the lock
	for b.Loop() {
		var all sync.WaitGroup
		for range waiters {
			all.Go(func() {
				lease, err := s.Lock(b.Context(), "lingju/a")
				if err != nil {
					b.Error(err)
					return
				}
				began := time.Now()
				time.Sleep(hold)
				held += time.Since(began)
				lease.Unlock()
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64((b.Elapsed()-held).Nanoseconds())/float64(b.N*waiters), "handover-ns")
}

// BenchmarkWarm is the store's part of a warm apply of five auth blocks: open, read five records, close.
func BenchmarkWarm(b *testing.B) {
	path := filled(b, 10_000)
	b.Run("open-5-close", func(b *testing.B) {
		for b.Loop() {
			s, _, err := sqlite.Open(b.Context(), path, sqlite.Options{MustExist: true})
			if err != nil {
				b.Fatal(err)
			}
			for n := range 5 {
				if _, err := s.Record(b.Context(), benchKey(n)); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("record", func(b *testing.B) {
		s, _, err := sqlite.Open(b.Context(), path, sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		n := 0
		for b.Loop() {
			n++
			if _, err := s.Record(b.Context(), benchKey(n%10_000)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("latch-record-ledger", func(b *testing.B) {
		s, _, err := sqlite.Open(b.Context(), path, sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		n := 0
		for b.Loop() {
			n++
			k := benchKey(n % 10_000)
			if _, err := s.Exchanges(b.Context(), store.Query{Vendor: k.Vendor, Limit: "interval", Scope: k.Account}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
