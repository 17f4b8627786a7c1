package storetest

import (
	"bytes"
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
