package runtime_test

import (
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// TestOffline makes valid what needs no call; the rest fails, or goes on with what lives, and says why.
func TestOffline(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	r := s.apply(path, authrun.ApplyOptions{Offline: true})
	if r.summary.Failed != 4 || r.summary.Skipped != 1 || s.calls() != 0 || r.failed["auth.ippbx.a"] != "canceled" {
		t.Errorf("nothing is stored: %+v, %v, %d calls", r.summary, r.failed, s.calls())
	}
	said := false
	for _, d := range r.diags {
		said = said || d.Summary == "Vendor call not allowed" && strings.Contains(d.Detail, "offline") && d.Address == "auth.ippbx.a"
	}
	if !said {
		t.Errorf("no diagnostic says why: %+v", r.diags)
	}
	s.apply(path, authrun.ApplyOptions{})
	calls := s.calls()
	if r = s.apply(path, authrun.ApplyOptions{Offline: true}); r.summary.Reused != 5 {
		t.Errorf("all is stored: %+v", r.summary)
	}
	s.pass(29 * time.Minute) // auth.ippbx.a is in its window, and lives
	if r = s.apply(path, authrun.ApplyOptions{Offline: true}); r.summary.Reused != 5 || s.calls() != calls {
		t.Errorf("one is due: %+v, %d calls", r.summary, s.calls()-calls)
	}
}

// TestMaxCalls shows that the call after the last one that is allowed is never sent, whatever runs at the same time.
func TestMaxCalls(t *testing.T) {
	for most := 1; most <= 5; most++ {
		s := newStage(t)
		r := s.apply(s.write(all), authrun.ApplyOptions{MaxCalls: most})
		if s.calls() != most || r.summary.VendorCalls != most || r.summary.Acquired != most {
			t.Errorf("%d allowed: %d made, %+v", most, s.calls(), r.summary)
		}
		if got := r.summary.Failed + r.summary.Skipped; got != 5-most {
			t.Errorf("%d allowed: %+v", most, r.summary)
		}
		for address, class := range r.failed {
			if class != "canceled" {
				t.Errorf("%d allowed: %s failed with %s", most, address, class)
			}
		}
	}
}
