package runtime_test

import (
	"context"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// lonely is a flow of one credential that is tried once a run.
const lonely = `
auth "clerk" "desk" {
  url  = "http://clerk.invalid"
  user = "desk"
  key  = "k"
  retry {
    attempts = 1
  }
}
`

// closes makes a stage whose only vendor is closed while closed tells so.
func closes(t *testing.T, closed func(*stage) bool) (*stage, *office) {
	s := newStage(t)
	o := &office{down: func() bool { return closed(s) }}
	s.options.PluginDirs, s.options.Vendors, s.options.Transport = nil, []authrun.Vendor{clerk()}, o
	s.options.Sleep = func(ctx context.Context, d time.Duration) error { s.pass(d); return ctx.Err() }
	s.vars = nil
	return s, o
}

// What a vendor that is down for a day is asked at most: nine tries while the wait doubles from a second to more than five minutes, which take
// 511 seconds, and one each five minutes for the rest.
const dayOfTries = 9 + (24*60*60-511)/300 + 1

// TestRestartLoop restarts a program whenever it fails, as a service manager does, while its vendor is down for a day: each process is a new one that
// knows nothing but the store, and all of them together ask as often as one that stays (consul-template#2165, concourse#3586: 96,000 a day).
func TestRestartLoop(t *testing.T) {
	var end time.Time
	s, o := closes(t, func(s *stage) bool { return s.clock().Before(end) })
	end = s.clock().Add(day)
	path := s.write(lonely)
	began, restarts := s.clock(), 0
	for s.clock().Before(end) {
		if r := s.apply(path, authrun.ApplyOptions{}); r.failed["auth.clerk.desk"] != "unavailable" {
			t.Fatalf("after %d restarts: %v, %v", restarts, r.failed, r.diags)
		}
		restarts++
		pause := time.Second
		if s.clock().Sub(began) > 2*time.Minute {
			pause = 100 * time.Second // A second's pause shows no more, and takes an hour to test.
		}
		s.pass(pause)
	}
	if n := o.calls(); n > dayOfTries || n < dayOfTries*3/4-10 {
		t.Errorf("%d restarts made %d calls; at most %d were expected, and some less, since a restart comes after the moment of a try", restarts, n, dayOfTries)
	}
	s.pass(5 * time.Minute)
	if r := s.apply(path, authrun.ApplyOptions{}); r.summary.Acquired != 1 {
		t.Errorf("it did not recover: %v", r.failed)
	}
}

// TestKeepThroughADayWithoutVendor keeps the same through the same day, in one process.
func TestKeepThroughADayWithoutVendor(t *testing.T) {
	var end time.Time
	s, o := closes(t, func(s *stage) bool { return s.clock().Before(end) })
	end = s.clock().Add(day)
	told, summary := s.keeps(s.write(lonely), day+10*time.Minute, nil)
	if n := o.calls() - 1; n > dayOfTries || n < dayOfTries-2 {
		t.Errorf("%d calls were made while the vendor was down, want %d", n, dayOfTries)
	}
	if len(told) != 2 || summary.Acquired != 1 || summary.Failed != 0 {
		t.Errorf("told %q, %+v", told, summary)
	}
}
