package sqlite_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// Where limits need many of the oldest rows, more than are looked at together, the needless ones behind them are found all the same.
func TestPruneGetsPastNeededRows(t *testing.T) {
	const bound, needed, needless = 256, 1000, 1200
	path := filepath.Join(t.TempDir(), "authrun.db")
	s := open(t, path, sqlite.Options{Rows: bound})
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	begin := func(s *sqlite.Store, count int, until time.Time) {
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				for range count / 40 {
					_, err := s.Begin(t.Context(), store.Exchange{At: now, Scopes: map[string]string{"monthly": "x"}, Needed: until}, nil)
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
	}
	count := func() (of map[bool]int) {
		rows, err := s.Exchanges(t.Context(), store.Query{Limit: "monthly", Scope: "x"})
		if err != nil {
			t.Fatal(err)
		}
		of = map[bool]int{}
		for _, e := range rows {
			of[e.Needed.After(now)]++
		}
		return of
	}
	begin(s, needed, now.AddDate(1, 0, 0))
	begin(s, needless/2, now.Add(-1))
	// Another process goes on where this one was.
	begin(open(t, path, sqlite.Options{Rows: bound}), needless/2, now.Add(-1))
	if of := count(); of[true] != needed || of[false] < bound || of[false] > 3*bound {
		t.Errorf("of %d rows that are needed %d are there, and %d of those that are not, where the newest %d stay", needed, of[true], of[false], bound)
	}
}
