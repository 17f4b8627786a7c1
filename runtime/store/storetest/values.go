package storetest

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/authrun/authrun/runtime/store"
)

func testUse(t *testing.T, s store.Store) {
	a := store.Use{Flow: "/a/flow.hcl", Address: "auth.sipauth.x", Key: key(1), Inputs: []byte{0, 1}, At: start()}
	b := store.Use{Flow: "/a/flow.hcl", Address: "auth.sipauth.y", Key: key(1), At: start()}
	elsewhere := store.Use{Flow: "/a", Address: "auth.sipauth.x", Key: key(2), At: start()}
	for _, u := range []store.Use{a, b, elsewhere} {
		commit(t, s, store.Change{Use: &u})
	}
	a.Key, a.Inputs = key(3), []byte("changed")
	commit(t, s, store.Change{Use: &a})
	uses, err := s.Uses(t.Context(), "/a/flow.hcl")
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(uses, func(a, b store.Use) int { return strings.Compare(a.Address, b.Address) })
	equal(t, uses, []store.Use{a, b})
	all, err := s.Uses(t.Context(), "")
	if err != nil || len(all) != 3 {
		t.Errorf("of all flows: %d, %v", len(all), err)
	}
}

func testValue(t *testing.T, s store.Store) {
	for _, step := range []struct{ name, set, want string }{
		{"hash_key", "first\x00", "first\x00"},
		{"hash_key", "second", "first\x00"},
		{"other", "third", "third"},
	} {
		got, err := s.SetValue(t.Context(), step.name, []byte(step.set))
		if err != nil || string(got) != step.want {
			t.Errorf("SetValue(%q, %q) = %q, %v; want %q", step.name, step.set, got, err, step.want)
		}
		got, err = s.Value(t.Context(), step.name)
		if err != nil || string(got) != step.want {
			t.Errorf("Value(%q) = %q, %v; want %q", step.name, got, err, step.want)
		}
	}
}

func testSwapValue(t *testing.T, s store.Store) {
	a, b := []byte("a\x00"), []byte("b")
	for _, step := range []struct {
		old, value []byte
		err        error
		want       []byte // afterwards; nil: none
	}{
		{old: a, value: b, err: store.ErrConflict},
		{old: []byte{}, value: b, err: store.ErrConflict}, // An empty value is not none.
		{old: nil, value: a, want: a},
		{old: nil, value: b, err: store.ErrConflict, want: a},
		{old: b, value: a, err: store.ErrConflict, want: a},
		{old: a, value: b, want: b},
		{old: b, value: []byte{}, want: []byte{}},
		{old: nil, value: a, err: store.ErrConflict, want: []byte{}},
		{old: []byte{}, value: a, want: a},
		{old: b, value: nil, err: store.ErrConflict, want: a},
		{old: a, value: nil},
		{old: nil, value: nil},
		{old: nil, value: b, want: b},
	} {
		err := s.SwapValue(t.Context(), "key-id", step.old, step.value)
		if !errors.Is(err, step.err) {
			t.Fatalf("swap %q for %q: error %v, want %v", step.old, step.value, err, step.err)
		}
		got, err := s.Value(t.Context(), "key-id")
		if step.want == nil {
			notFound(t, "Value", err)
			continue
		}
		if err != nil || !bytes.Equal(got, step.want) {
			t.Fatalf("after the swap of %q for %q it is %q (%v), want %q", step.old, step.value, got, err, step.want)
		}
	}
}

// A change is written only if each of the values that it takes for granted is so; else nothing of it is.
func testGiven(t *testing.T, s store.Store) {
	for _, name := range []string{"key-id", "other"} {
		if _, err := s.SetValue(t.Context(), name, []byte("of "+name)); err != nil {
			t.Fatal(err)
		}
	}
	right := store.Given{Name: "key-id", Value: []byte("of key-id")}
	expect := uint64(0)
	for _, c := range []struct {
		name  string
		given []store.Given
		err   error
	}{
		{"right", []store.Given{right}, nil},
		{"both right", []store.Given{right, {Name: "other", Value: []byte("of other")}}, nil},
		{"none, as given", []store.Given{{Name: "none"}}, nil},
		{"another", []store.Given{{Name: "key-id", Value: []byte("of old")}}, store.ErrStale},
		{"none, but given", []store.Given{{Name: "none", Value: []byte{}}}, store.ErrStale},
		{"there, but given none", []store.Given{{Name: "key-id"}}, store.ErrStale},
		{"the second is wrong", []store.Given{right, {Name: "other", Value: []byte("of key-id")}}, store.ErrStale},
	} {
		id := begin(t, s, store.Exchange{At: start()})
		err := s.Commit(t.Context(), store.Change{Given: c.given, Put: record(key(1), expect+1), Expect: expect,
			Outcomes: []store.Outcome{{ID: id, Outcome: "ok"}}, Latch: &store.Latch{Vendor: "sipauth", Scope: c.name}})
		if !errors.Is(err, c.err) {
			t.Fatalf("%s: error %v, want %v", c.name, err, c.err)
		}
		rows := exchanges(t, s, store.Query{})
		_, latched := s.Latch(t.Context(), store.LatchRef{Vendor: "sipauth", Scope: c.name})
		if c.err == nil {
			expect++
		} else if rows[len(rows)-1].Outcome != "" || !errors.Is(latched, store.ErrNotFound) {
			t.Errorf("%s: some of it was written: outcome %q, latch %v", c.name, rows[len(rows)-1].Outcome, latched)
		}
		got, err := s.Record(t.Context(), key(1))
		if err != nil || got.Generation != expect {
			t.Errorf("%s: the record has the generation %d (%v), want %d", c.name, got.Generation, err, expect)
		}
	}
}

// Of those who swap the same value at the same time one succeeds each time: no swap is lost.
func testConcurrentSwap(t *testing.T, here, there store.Store) {
	const racers, each = 6, 10
	together(t, racers, func(n int) error {
		s := []store.Store{here, there}[n%2]
		for done := 0; done < each; {
			old, err := s.Value(t.Context(), "count")
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			switch err := s.SwapValue(t.Context(), "count", old, append(slices.Clone(old), 'x')); {
			case err == nil:
				done++
			case !errors.Is(err, store.ErrConflict):
				return err
			}
		}
		return nil
	})
	if got, err := here.Value(t.Context(), "count"); err != nil || len(got) != racers*each {
		t.Errorf("%d swaps left %d traces (%v)", racers*each, len(got), err)
	}
}

// When a value was swapped, nothing is written any more that took the old one for granted.
func testConcurrentGiven(t *testing.T, here, there store.Store) {
	if _, err := here.SetValue(t.Context(), "key-id", []byte("old")); err != nil {
		t.Fatal(err)
	}
	swapped := make(chan struct{})
	together(t, 5, func(n int) error {
		if n == 0 {
			err := there.SwapValue(t.Context(), "key-id", []byte("old"), []byte("new"))
			close(swapped)
			return err
		}
		for generation := uint64(0); ; generation++ {
			late := false
			select {
			case <-swapped:
				late = true
			default:
			}
			err := here.Commit(t.Context(), store.Change{Put: record(key(n), generation+1), Expect: generation,
				Given: []store.Given{{Name: "key-id", Value: []byte("old")}}})
			if errors.Is(err, store.ErrStale) {
				return nil
			}
			if late && err == nil {
				err = errors.New("it was written although the value had been swapped")
			}
			if err != nil {
				return err
			}
		}
	})
}

// What goes in and what comes out is the caller's to change.
func testCopies(t *testing.T, s store.Store) {
	ctx := t.Context()
	in := record(key(1), 1)
	use := &store.Use{Flow: "/flow.hcl", Address: "auth.sipauth.x", Inputs: []byte("inputs")}
	scopes := map[string]string{"monthly": "x"}
	value := []byte("value")
	commit(t, s, store.Change{Put: in, Use: use})
	begin(t, s, store.Exchange{At: start(), Scopes: scopes})
	if _, err := s.SetValue(ctx, "name", value); err != nil {
		t.Fatal(err)
	}
	look := func() (sealed, inputs, named []byte, scopes map[string]string) {
		r, err := s.Record(ctx, key(1))
		if err != nil {
			t.Fatal(err)
		}
		uses, err := s.Uses(ctx, "/flow.hcl")
		if err != nil || len(uses) != 1 {
			t.Fatal(uses, err)
		}
		named, err = s.Value(ctx, "name")
		if err != nil {
			t.Fatal(err)
		}
		return r.Sealed, uses[0].Inputs, named, exchanges(t, s, store.Query{})[0].Scopes
	}
	sealed, inputs, named, counted := look()
	for _, b := range [][]byte{in.Sealed, use.Inputs, value, sealed, inputs, named} {
		copy(b, bytes.Repeat([]byte{'!'}, len(b)))
	}
	scopes["monthly"], counted["monthly"] = "!", "!"

	sealed, inputs, named, counted = look()
	equal(t, sealed, record(key(1), 1).Sealed)
	equal(t, inputs, []byte("inputs"))
	equal(t, named, []byte("value"))
	equal(t, counted, map[string]string{"monthly": "x"})
}
