package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

func testExchange(t *testing.T, s store.Store) {
	want := store.Exchange{
		At: start(), Key: key(1), Address: `auth.lingju.robot["a"]`, Operation: "acquire", Process: "host 42",
		Scopes: map[string]string{"monthly": key(2).Account, "interval": key(3).Account},
		Needed: start().AddDate(0, 0, 35), Clock: reading(),
	}
	// What is not yet to be known is not taken from the caller.
	given := want
	given.ID, given.Outcome, given.Status, given.Took, given.Generation = 999, "ok", 200, 1, 1
	want.ID = begin(t, s, given)
	equal(t, exchanges(t, s, store.Query{}), []store.Exchange{want})

	bare := store.Exchange{At: start()}
	bare.ID = begin(t, s, bare)
	if bare.ID <= want.ID {
		t.Errorf("ID %d follows %d", bare.ID, want.ID)
	}
	equal(t, exchanges(t, s, store.Query{}), []store.Exchange{want, bare})
}

func testExchangeSettled(t *testing.T, s store.Store) {
	a := store.Exchange{At: start(), Key: key(1), Operation: "acquire"}
	b, c := a, a
	a.ID, b.ID, c.ID = begin(t, s, a), begin(t, s, b), begin(t, s, c)
	commit(t, s, store.Change{
		Outcomes: []store.Outcome{
			{ID: a.ID, Outcome: "ok", Status: 200, Took: 1500 * time.Millisecond, Generation: 7},
			{ID: b.ID, Outcome: "unavailable", Took: time.Nanosecond},
			{ID: c.ID + 1000, Outcome: "ok"},
		},
		Put: record(key(1), 7),
	})
	a.Outcome, a.Status, a.Took, a.Generation = "ok", 200, 1500*time.Millisecond, 7
	b.Outcome, b.Took = "unavailable", 1
	equal(t, exchanges(t, s, store.Query{}), []store.Exchange{a, b, c})
	if _, err := s.Record(t.Context(), key(1)); err != nil {
		t.Errorf("the record of the same change: %v", err)
	}
}

func testExchangeUnsent(t *testing.T, s store.Store) {
	scopes := map[string]string{"monthly": "x", "interval": "y"}
	settled, unsent := begin(t, s, store.Exchange{At: start(), Scopes: scopes}), begin(t, s, store.Exchange{At: start(), Scopes: scopes})
	commit(t, s, store.Change{Outcomes: []store.Outcome{{ID: settled, Outcome: "unavailable"}}})
	commit(t, s, store.Change{Unsent: []int64{settled, unsent, unsent + 1000}})
	equal(t, ids(exchanges(t, s, store.Query{})), []int64{settled})
	for limit, scope := range scopes {
		equal(t, ids(exchanges(t, s, store.Query{Limit: limit, Scope: scope})), []int64{settled})
	}
	// Whoever still holds the ID of the one that was taken back must not meet another.
	next := begin(t, s, store.Exchange{At: start(), Scopes: scopes})
	if next <= unsent {
		t.Errorf("ID %d was given after %d was taken back", next, unsent)
	}
	commit(t, s, store.Change{Outcomes: []store.Outcome{{ID: unsent, Outcome: "ok"}}})
	rows := exchanges(t, s, store.Query{Limit: "monthly", Scope: "x"})
	equal(t, ids(rows), []int64{settled, next})
	if rows[1].Outcome != "" {
		t.Errorf("the outcome of the exchange taken back went to another")
	}
}

func testQuery(t *testing.T, s store.Store) {
	other := key(1)
	other.Vendor = "easemob"
	at := func(minutes int) time.Time { return start().Add(time.Duration(minutes) * time.Minute) }
	monthly := func(scope string) map[string]string { return map[string]string{"monthly": scope} }
	rows := []store.Exchange{
		{At: at(0), Key: key(1), Scopes: monthly("x")},
		{At: at(1), Key: key(1), Scopes: monthly("y")},
		{At: at(2), Key: key(2), Scopes: map[string]string{"monthly": "x", "interval": "x"}},
		{At: at(3), Key: other},
		{At: at(1), Key: key(1), Scopes: monthly("x")}, // The clock went back.
	}
	for i := range rows {
		rows[i].ID = begin(t, s, rows[i])
	}
	for _, c := range []struct {
		name string
		q    store.Query
		want []int
	}{
		{"all", store.Query{}, []int{0, 1, 2, 3, 4}},
		{"vendor", store.Query{Vendor: "sipauth"}, []int{0, 1, 2, 4}},
		{"account of one vendor", store.Query{Vendor: "sipauth", Account: key(1).Account}, []int{0, 1, 4}},
		{"account of any vendor", store.Query{Account: key(1).Account}, []int{0, 1, 3, 4}},
		{"unknown account", store.Query{Account: "nobody"}, nil},
		{"limit and scope", store.Query{Limit: "monthly", Scope: "x"}, []int{0, 2, 4}},
		{"another limit, same scope", store.Query{Limit: "interval", Scope: "x"}, []int{2}},
		{"limit without a scope", store.Query{Limit: "monthly"}, nil},
		{"since includes its moment", store.Query{Since: at(1)}, []int{1, 2, 3, 4}},
		{"since a nanosecond later", store.Query{Since: at(1).Add(1)}, []int{2, 3}},
		{"all at once", store.Query{Vendor: "sipauth", Account: key(1).Account, Limit: "monthly", Scope: "x", Since: at(1)}, []int{4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var want []store.Exchange
			for _, i := range c.want {
				want = append(want, rows[i])
			}
			equal(t, exchanges(t, s, c.q), want)
		})
	}
}

// A judge sees the rows of the exchange's own scope, and what it forbids is not written.
func testJudge(t *testing.T, s store.Store) {
	scopes := func(scope string) map[string]string { return map[string]string{"monthly": scope, "interval": "all"} }
	first := begin(t, s, store.Exchange{At: start(), Scopes: scopes("x")})
	other := begin(t, s, store.Exchange{At: start().Add(time.Minute), Scopes: scopes("y")})
	commit(t, s, store.Change{Outcomes: []store.Outcome{{ID: first, Outcome: "ok", Status: 200}}})

	seen := map[string][]store.Exchange{}
	look := func(rows func(string, time.Time) ([]store.Exchange, error)) (err error) {
		for name, q := range map[string]struct {
			limit string
			since time.Time
		}{
			"own": {"monthly", time.Time{}}, "shared": {"interval", time.Time{}}, "late": {"interval", start().Add(1)}, "none": {"daily", time.Time{}},
		} {
			if seen[name], err = rows(q.limit, q.since); err != nil {
				return err
			}
		}
		return nil
	}
	third, err := s.Begin(t.Context(), store.Exchange{At: start(), Scopes: scopes("x")}, look)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]int64{"own": {first}, "shared": {first, other}, "late": {other}, "none": {}} {
		if got := ids(seen[name]); !slices.Equal(got, want) {
			t.Errorf("the judge saw the rows %v as %s, want %v", got, name, want)
		}
	}
	if len(seen["own"]) > 0 && (seen["own"][0].Outcome != "ok" || seen["own"][0].Status != 200) {
		t.Errorf("the judge saw %+v, without its outcome", seen["own"][0])
	}

	no := errors.New("no")
	id, err := s.Begin(t.Context(), store.Exchange{At: start(), Scopes: scopes("x")},
		func(func(string, time.Time) ([]store.Exchange, error)) error { return no })
	if !errors.Is(err, no) || id != 0 {
		t.Errorf("what the judge forbade got ID %d, error %v", id, err)
	}
	equal(t, ids(exchanges(t, s, store.Query{})), []int64{first, other, third})
}
