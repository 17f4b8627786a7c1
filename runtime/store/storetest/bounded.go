package storetest

import (
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// bound is how many exchanges the store of testBounded keeps in any case.
const bound = 16

// The ledger does not grow for ever, but no row is deleted that a limit needs, that nobody said anything of, or that is among the newest.
func testBounded(t *testing.T, here, there store.Store) {
	const long = 10 * bound
	at := func(n int) time.Time { return start().Add(time.Duration(n) * time.Minute) }
	scopes := map[string]string{"monthly": "x"}
	var all, needed, unsaid []int64
	for n := range long {
		e := store.Exchange{At: at(n), Key: key(n), Scopes: scopes, Needed: at(n).Add(time.Second)}
		switch n % 5 {
		case 1:
			e.Needed = at(2 * long)
		case 2:
			e.Needed = time.Time{}
		}
		id := begin(t, []store.Store{here, there}[n%2], e)
		switch n % 5 {
		case 1:
			needed = append(needed, id)
		case 2:
			unsaid = append(unsaid, id)
		}
		all = append(all, id)
	}
	rows := exchanges(t, here, store.Query{})
	holds(t, rows, "that a limit needs", needed)
	holds(t, rows, "of which nobody said until when a limit needs it", unsaid)
	holds(t, rows, "that is among the newest", all[long-bound:])
	if most := len(needed) + len(unsaid) + 2*bound; len(rows) > most {
		t.Errorf("%d of %d rows are kept, of which at most %d had to be", len(rows), long, most)
	}
	equal(t, ids(exchanges(t, here, store.Query{Limit: "monthly", Scope: "x"})), ids(rows))

	// Their time passes, too.
	for n := range long {
		all = append(all, begin(t, here, store.Exchange{At: at(2*long + 1 + n), Scopes: scopes, Needed: at(2*long + 1 + n)}))
	}
	rows = exchanges(t, there, store.Query{})
	holds(t, rows, "of which nobody said until when a limit needs it", unsaid)
	holds(t, rows, "that is among the newest", all[2*long-bound:])
	if most := len(unsaid) + 2*bound; len(rows) > most {
		t.Errorf("%d rows are kept when no limit needs any, of which at most %d had to be", len(rows), most)
	}
	equal(t, ids(exchanges(t, there, store.Query{Limit: "monthly", Scope: "x"})), ids(rows))
}

// holds tells which of the rows are missing.
func holds(t *testing.T, rows []store.Exchange, what string, want []int64) {
	t.Helper()
	there := map[int64]bool{}
	for _, e := range rows {
		there[e.ID] = true
	}
	for _, id := range want {
		if !there[id] {
			t.Errorf("row %d was deleted, %s", id, what)
		}
	}
}
