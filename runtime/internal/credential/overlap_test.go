package credential

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

// TestOverlap shows that at a vendor where the first token outlives the second acquire for a while, it is handed out for that while and no
// longer.
func TestOverlap(t *testing.T) {
	s := newSite(t)
	one, two := s.block("one"), s.block("two")
	for _, b := range []*Block{&one, &two} {
		b.Schema.Token = sdk.Token{Second: sdk.KillsFirst, Overlap: 5 * time.Minute}
	}
	s.ensure(one)
	s.ensure(two)
	s.pass(4 * time.Minute)
	if v := s.ensure(one); v.Did != Reuse || tokenOf(v) != "token-1" {
		t.Errorf("within the overlap: %+v", v)
	}
	s.pass(2 * time.Minute)
	if v := s.ensure(one); v.Did != Acquire {
		t.Errorf("after it: %+v", v)
	}
	s.wantCalls(3)
}

// TestJitter shows that the credentials of many accounts are not renewed at one moment, and that each has one that stays.
func TestJitter(t *testing.T) {
	s := newSite(t)
	moments := map[time.Time]bool{}
	for _, account := range []string{`"a"`, `"b"`, `"c"`, `"d"`} {
		b := s.block("x")
		b.Account = map[string]json.RawMessage{"base_url": json.RawMessage(account)}
		s.ensure(b)
		look, err := s.keeper.Look(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.another().Look(t.Context(), b)
		if err != nil || !again.RenewAt.Equal(look.RenewAt) {
			t.Errorf("another process renews it at %s; want %s (%v)", again.RenewAt, look.RenewAt, err)
		}
		if early := noon.Add(54 * time.Minute).Sub(look.RenewAt); early < 0 || early > 36*time.Second {
			t.Errorf("it is renewed %s before the last tenth of its life; want a tenth of that at most", early)
		}
		moments[look.RenewAt] = true
	}
	if len(moments) != 4 {
		t.Errorf("four accounts are renewed at %d moments", len(moments))
	}
}
