package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// keepStep is the longest time that passes on the stage's clock while a keeper waits without the test looking.
const keepStep = 5 * time.Second

// keeps runs Keep on the stage's clock for so long: each wait passes at once. between is called in each wait, every keepStep; what Keep told comes
// back.
func (s *stage) keeps(path string, long time.Duration, between func(napping context.Context)) (_ []string, summary authrun.Summary) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	end := s.clock().Add(long)
	s.told = nil
	s.options.Sleep = func(ctx context.Context, d time.Duration) error {
		if d <= 0 {
			s.t.Errorf("a wait of %s", d)
		}
		for until := s.clock().Add(d); s.clock().Before(until) && ctx.Err() == nil; {
			s.pass(min(keepStep, until.Sub(s.clock())))
			if between != nil {
				between(ctx)
			}
			if s.clock().After(end) {
				cancel()
			}
		}
		return ctx.Err()
	}
	diags := s.run(path, func(f *authrun.Flow) {
		var err error
		summary, err = f.Keep(ctx, authrun.ApplyOptions{}, func(e authrun.Event) {
			switch e := e.(type) {
			case authrun.AuthDone:
				s.told = append(s.told, fmt.Sprintf("%s %s", e.Address, e.Action))
			case authrun.AuthFailed:
				s.told = append(s.told, fmt.Sprintf("%s failed (%s)", e.Address, e.Class))
			case authrun.AuthSkipped:
				s.told = append(s.told, e.Address+" skipped")
			}
		})
		if err != nil {
			s.t.Errorf("keep: %v", err)
		}
	})
	if diags.HasErrors() {
		s.t.Fatal(diags)
	}
	return s.told, summary
}

// TestKeep keeps five credentials alive for three hours: none is ever dead, each vendor is called by its own life, and the file follows.
func TestKeep(t *testing.T) {
	s := newStage(t)
	file := filepath.Join(t.TempDir(), "pbx.token")
	path := s.write(withFile(file))
	checked := s.clock()
	told, summary := s.keeps(path, 3*time.Hour, func(context.Context) {
		if s.clock().Sub(checked) < 10*time.Minute {
			return
		}
		checked = s.clock()
		for address, status := range s.statuses(path) {
			if status.State != authrun.StateValid {
				t.Errorf("%s is %s at %s", address, status.State, s.clock())
			}
		}
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	})
	if summary.Acquired != 5 || summary.Failed != 0 {
		t.Errorf("%+v", summary)
	}
	// 30 minutes of life with a window of 3 to 3.3.
	if n := strings.Count(strings.Join(told, "\n"), "auth.ippbx.a renew"); n < 6 || n > 7 {
		t.Errorf("the PBX's token was renewed %d times", n)
	}
	// Once: the pair that was fetched lives for 2 hours, and the one that it is refreshed to for 32 days, as the vendor documents it. Who expects a
	// refresh each two hours takes the first life for that of all pairs.
	if n := strings.Count(strings.Join(told, "\n"), "auth.ekuaibao.a renew"); n != 1 {
		t.Errorf("ekuaibao's token was renewed %d times", n)
	}
	if len(told) != summary.Acquired+summary.Renewed || summary.VendorCalls != s.calls() {
		t.Errorf("%d lines, %+v, %d calls: %q", len(told), summary, s.calls(), told)
	}
	s.strict()
}

// TestKeepOfARefusal calls a vendor that refuses once, however long it stays: vault#20645, kube-lego#92.
func TestKeepOfARefusal(t *testing.T) {
	s := newStage(t)
	told, _ := s.keeps(s.write(strings.Replace(all, `"pbx-password"`, `"wrong-password"`, 1)), 2*time.Hour, nil)
	if n := s.ippbx.Calls(); n != 1 {
		t.Errorf("the PBX was called %d times", n)
	}
	text := strings.Join(told, "\n")
	if strings.Count(text, "auth.ippbx.a failed (invalid_credentials)") != 1 || strings.Count(text, "auth.easemob.a skipped") != 1 {
		t.Errorf("told more than once, or not: %q", told)
	}
}

// TestKeepersShare lets another process renew: the keeper takes that over, and calls nobody.
func TestKeepersShare(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	once := false
	told, summary := s.keeps(path, 20*time.Minute, func(napping context.Context) {
		if !once {
			once = true
			if r := s.apply(path, authrun.ApplyOptions{Force: []string{"auth.ippbx.a"}}); r.summary.Acquired != 1 {
				t.Errorf("%+v", r.summary)
			}
		}
		if !slices.Contains(s.told, "auth.ippbx.a reuse") {
			// The store tells the keeper in real time, which is more than none on the stage's clock.
			select {
			case <-napping.Done():
			case <-time.After(time.Second):
			}
		}
	})
	if summary.Acquired != 5 || summary.VendorCalls != 5 || s.calls() != 6 {
		t.Errorf("%+v, %d calls", summary, s.calls())
	}
	if n := strings.Count(strings.Join(told, "\n"), "auth.ippbx.a reuse"); n != 1 {
		t.Errorf("the change was told %d times: %q", n, told)
	}
}

// TestKeepThroughOutages loses the vendors for six hours: calls are bounded by the back-off, and everything recovers by itself (vault#26382).
func TestKeepThroughOutages(t *testing.T) {
	s := newStage(t)
	down := false
	sent := 0
	s.options.Transport = transport(func(r *http.Request) (*http.Response, error) {
		if down {
			sent++
			return nil, errors.New("no route to host")
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	path := s.write(strings.Replace(all, `ipaddr   = "172.16.6.150"`, "retry {\n    attempts = 1\n  }", 1))
	began := s.clock()
	told, summary := s.keeps(path, 8*time.Hour, func(context.Context) {
		now := s.clock().Sub(began)
		down = now > time.Hour && now < 7*time.Hour
	})
	// A try every 5 minutes of 6 hours, of up to 4 exchanges, for those that are due.
	if sent < 50 || sent > 5*4*(6*12+10) {
		t.Errorf("%d exchanges were tried", sent)
	}
	text := strings.Join(told, "\n")
	if n := strings.Count(text, "failed"); n == 0 || n > 10 {
		t.Errorf("failures were told %d times:\n%s", n, text)
	}
	if summary.Failed != 0 || summary.Skipped != 0 || summary.Reused+summary.Renewed+summary.Acquired == 0 {
		t.Errorf("not all recovered: %+v", summary)
	}
	for address, status := range s.statuses(path) {
		if status.State != authrun.StateValid {
			t.Errorf("%s is %s in the end", address, status.State)
		}
	}
}

// transport is a function that makes exchanges.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }
