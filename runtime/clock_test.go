package runtime_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// machine is a stage whose machine tells how long it runs. put makes its wall clock wrong, or right; restart begins another run.
type machine struct {
	*stage
	boot  string
	began time.Time // by the wall clock as it stands
}

func newMachine(t *testing.T, vendor string) *machine {
	s := newStage(t)
	s.now = time.Date(2026, 11, 15, 10, 0, 0, 0, time.UTC)
	m := &machine{stage: s, boot: "first", began: s.now.Add(-time.Hour)}
	s.options.Boot = func() (string, time.Duration) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return m.boot, s.now.Sub(m.began)
	}
	s.vars = slices.DeleteFunc(s.vars, func(pair string) bool { return !strings.HasPrefix(pair, vendor+"=") })
	return m
}

func (m *machine) put(by time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.began, m.now = m.began.Add(by), m.now.Add(by)
}

func (m *machine) restart() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.boot, m.began = "second", m.now
}

// onlyKiosk is a flow of a vendor that allows ten calls a month.
const onlyKiosk = `
variable "lingju" {
  type = string
}
auth "lingju" "a" {
  base_url = var.lingju
  appkey   = "lingju-app-key"
  userid   = "device1"
}
`

// onlyPBX is a flow of a vendor whose tokens live for half an hour, and can be renewed.
const onlyPBX = `
variable "ippbx" {
  type = string
}
auth "ippbx" "a" {
  base_url = var.ippbx
  username = "api"
  password = "pbx-password"
  port     = 8260
  ipaddr   = "172.16.6.150"
}
`

// kiosk is the address of its block.
const kiosk = "auth.lingju.a"

// clockWarnings are those that a run told of the clock.
func clockWarnings(r result) (warnings []string) {
	for _, d := range r.diags {
		if strings.Contains(d.Summary, "Clock") {
			warnings = append(warnings, d.Detail)
		}
	}
	return warnings
}

// TestClockThatIsPut puts the wall clock of a machine that runs on: what lives still lives for as long as it truly does, and calls still count.
func TestClockThatIsPut(t *testing.T) {
	for name, by := range map[string]time.Duration{"back": -2 * time.Hour, "forward": 24 * time.Hour, "by a year": -365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t, "lingju")
			path := m.write(onlyKiosk)
			if first := m.apply(path, authrun.ApplyOptions{}); first.summary.Acquired != 1 {
				t.Fatalf("%+v", first)
			}
			life := m.statuses(path)[kiosk].ExpiresAt.Sub(m.clock())

			m.pass(time.Minute)
			m.put(by)
			if again := m.apply(path, authrun.ApplyOptions{}); again.summary.Reused != 1 || len(clockWarnings(again)) > 0 {
				t.Errorf("it was not reused: %+v", again)
			}
			status := m.statuses(path)[kiosk]
			left := life - time.Minute
			if got := status.ExpiresAt.Sub(m.clock()); got != left || status.Ahead != 0 {
				t.Errorf("it lives for %s, want %s; it is ahead by %s", got, left, status.Ahead)
			}
			if used := status.Limits[0].Used; used != 1 {
				t.Errorf("%d calls are used", used)
			}

			m.pass(left - time.Second)
			if alive := m.statuses(path)[kiosk]; alive.State != authrun.StateValid {
				t.Errorf("a second before its end it is %s", alive.State)
			}
			m.pass(2 * time.Second)
			if dead := m.statuses(path)[kiosk]; dead.State != authrun.StateDead {
				t.Errorf("after its end it is %s", dead.State)
			}
			if m.calls() != 1 {
				t.Errorf("%d calls", m.calls())
			}
		})
	}
}

// TestClockBehindTheStore starts a machine with a clock that is behind what it wrote before: that is told once, and nothing is thrown away.
func TestClockBehindTheStore(t *testing.T) {
	m := newMachine(t, "lingju")
	path := m.write(onlyKiosk)
	m.apply(path, authrun.ApplyOptions{})
	m.put(-2 * time.Hour)
	m.restart()
	again := m.apply(path, authrun.ApplyOptions{})
	if warnings := clockWarnings(again); again.summary.Reused != 1 || len(warnings) != 1 || !strings.Contains(warnings[0], "2026-11-15T10:00:00Z") {
		t.Errorf("told %q; %+v", warnings, again.summary)
	}
	if planned, _, told := m.plan(path, authrun.ApplyOptions{}); planned[kiosk].Action != authrun.ActionReuse || len(clockWarnings(told)) != 1 {
		t.Errorf("planned %+v, told %q", planned, clockWarnings(told))
	}
	status := m.statuses(path)[kiosk]
	if status.Ahead != 2*time.Hour || status.State != authrun.StateValid || status.Limits[0].Used != 1 {
		t.Errorf("%+v", status)
	}
	rt, err := authrun.Open(m.options)
	if err != nil {
		t.Fatal(err)
	}
	if stored, err := rt.Stored(t.Context()); err != nil || len(stored) != 1 || stored[0].Ahead != 2*time.Hour {
		t.Errorf("of the store as a whole: %+v, %v", stored, err)
	}
	if err := rt.Close(); err != nil {
		t.Error(err)
	}

	m.put(2 * time.Hour)
	if told := m.apply(path, authrun.ApplyOptions{}); told.summary.Reused != 1 || len(clockWarnings(told)) > 0 {
		t.Errorf("with a clock that is right: %q; %+v", clockWarnings(told), told.summary)
	}
	if m.calls() != 1 {
		t.Errorf("%d calls", m.calls())
	}
}

// TestKeepFollowsTheClock puts the clock back by two hours while a keeper stays: it renews as if nobody had.
func TestKeepFollowsTheClock(t *testing.T) {
	m := newMachine(t, "ippbx")
	path := m.write(onlyPBX)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var ran time.Duration
	m.options.Sleep = func(ctx context.Context, d time.Duration) error {
		m.pass(d)
		if ran < 40*time.Minute && ran+d >= 40*time.Minute {
			m.put(-2 * time.Hour)
		}
		if ran += d; ran >= 3*time.Hour {
			cancel()
		}
		return ctx.Err()
	}
	m.run(path, func(f *authrun.Flow) {
		summary, err := f.Keep(ctx, authrun.ApplyOptions{}, nil)
		// Each renewal gives half an hour, and comes three minutes before its end.
		if err != nil || summary.Acquired != 1 || summary.Renewed != 6 || summary.Failed != 0 {
			t.Errorf("%+v, %v", summary, err)
		}
	})
	m.strict()
}

// TestTokenSourceFollowsTheClock: a program that got a token before the clock was put back does not use it for longer than it lives.
func TestTokenSourceFollowsTheClock(t *testing.T) {
	m := newMachine(t, "ippbx")
	_, source := m.sourceOf(m.write(onlyPBX), "auth.ippbx.a")
	ask := func(calls int) {
		t.Helper()
		if _, err := source.Token(); err != nil || m.calls() != calls {
			t.Errorf("%d calls, want %d (%v)", m.calls(), calls, err)
		}
	}
	ask(1)
	m.put(-2 * time.Hour)
	m.pass(20 * time.Minute)
	ask(1)
	m.pass(11 * time.Minute)
	ask(2)
}
