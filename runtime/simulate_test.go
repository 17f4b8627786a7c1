package runtime_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/sdk"
)

const day = 24 * time.Hour

// simulates runs a flow's life without its inputs, and gives the credentials by address.
func (s *stage) simulates(path string, opts authrun.SimulateOptions) (authrun.Simulation, map[string]authrun.SimulatedCredential, authrun.Diagnostics, error) {
	s.t.Helper()
	rt, err := authrun.Open(s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = rt.Close() }()
	flow, diags := rt.Load(context.Background(), path, authrun.Inputs{NoInputs: true})
	if diags.HasErrors() {
		s.t.Fatal(diags)
	}
	var told authrun.Diagnostics
	sim, err := flow.Simulate(context.Background(), opts, func(e authrun.Event) {
		if d, ok := e.(authrun.Diagnosed); ok {
			told = append(told, d.Diagnostic)
		}
	})
	by := map[string]authrun.SimulatedCredential{}
	for _, c := range sim.Credentials {
		by[c.Address] = c
	}
	return sim, by, told, err
}

// TestSimulate runs the five vendors' flow for a month. Nothing is called or written, and no input is needed.
func TestSimulate(t *testing.T) {
	s := newStage(t)
	path := s.write(withFile(filepath.Join(t.TempDir(), "pbx.token")))
	sim, by, told, err := s.simulates(path, authrun.SimulateOptions{For: 30 * day})
	if err != nil || told.HasErrors() {
		t.Fatal(err, told)
	}
	if !sim.Fits() || len(sim.Hits)+len(sim.Broken) > 0 {
		t.Errorf("it does not fit: %+v, %+v", sim.Hits, sim.Broken)
	}
	// A credential is replaced after nine tenths of its life, up to a hundredth of the life earlier; that of easemob and lingju a day before its
	// end, up to a tenth of a day earlier.
	for address, c := range map[string]struct{ acquires, least, most int }{
		"auth.sipauth.a":  {0, 67, 68},     // the first, and 720 h / (10.68 to 10.8 h)
		"auth.easemob.a":  {3, 3, 3},       // 30 d / (10.75 to 10.85 d)
		"auth.ippbx.a":    {1, 1601, 1618}, // the rest are heartbeats: each 26.7 to 27 min of 43,200
		"auth.ekuaibao.a": {1, 2, 2},       // a pair of 2 h, refreshed to one of 32 days
		"auth.lingju.a":   {2, 2, 2},       // after 28.9 to 29 d
	} {
		got := by[address]
		if got.Calls < c.least || got.Calls > c.most || got.Acquires+got.Renewals != got.Calls || got.LeastLeft <= 0 || len(got.Gaps) > 0 {
			t.Errorf("%s: %+v", address, got)
		}
		if c.acquires > 0 && got.Acquires != c.acquires {
			t.Errorf("%s was acquired %d times, want %d", address, got.Acquires, c.acquires)
		}
	}
	if diff := cmp.Diff([]authrun.SimulatedQuota{{Vendor: "lingju", Name: "monthly", Count: 10, Peak: sim.Quotas[0].Peak}}, sim.Quotas); diff != "" ||
		sim.Quotas[0].Peak < 1 || sim.Quotas[0].Peak > 2 {
		t.Errorf("quotas: %+v", sim.Quotas)
	}
	if s.calls() != 0 {
		t.Errorf("%d vendor calls were made", s.calls())
	}
	if left, _ := filepath.Glob(filepath.Join(s.home, ".local", "state", "*")); len(left) > 0 {
		t.Errorf("a store was made: %v", left)
	}
	if !cmp.Equal(sim.Supposed[0], authrun.Supposed{Address: "auth.sipauth.a", Argument: "base_url"}) || len(sim.Supposed) != 5 {
		t.Errorf("supposed: %v", sim.Supposed)
	}
}

// TestSimulateIsTheRealThing keeps a flow for two days and simulates them: the same calls are made.
func TestSimulateIsTheRealThing(t *testing.T) {
	s := newStage(t)
	path := s.write(strings.Replace(all, `port     = 8260`, "port     = 8260\n  lifecycle {\n    renew_before = \"6m\"\n  }", 1))
	const long = 2*day + 5*time.Minute
	_, summary := s.keeps(path, long, nil)
	_, by, _, err := s.simulates(path, authrun.SimulateOptions{For: long})
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for address, real := range map[string]int{"auth.sipauth.a": s.sipauth.Calls(), "auth.easemob.a": s.easemob.Calls(), "auth.ippbx.a": s.ippbx.Calls(),
		"auth.ekuaibao.a": s.ekuaibao.Calls(), "auth.lingju.a": s.lingju.Calls()} {
		if got := by[address].Calls; got != real {
			t.Errorf("%s: %d calls were simulated and %d made", address, got, real)
		}
		calls += by[address].Calls
	}
	if calls != summary.VendorCalls {
		t.Errorf("%d calls were simulated, %d made", calls, summary.VendorCalls)
	}
}

// tight is a device that is asked more often than its ten calls a month allow, when its tokens live for two days only.
const tight = `
variable "key" {
  type      = string
  sensitive = true
}
auth "lingju" "robot" {
  appkey = var.key
  userid = "device1"
}
`

// TestSimulateQuota finds out that ten calls a month are too few for tokens of two days, from when on, and until when.
func TestSimulateQuota(t *testing.T) {
	s := newStage(t)
	start := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	sim, by, _, err := s.simulates(s.write(tight), authrun.SimulateOptions{Start: start, For: 40 * day, Lives: map[string]time.Duration{"lingju": 2 * day}})
	if err != nil {
		t.Fatal(err)
	}
	robot := by["auth.lingju.robot"]
	if sim.Fits() || robot.Acquired != (authrun.Life{For: 2 * day, From: authrun.LifeGiven}) || sim.Quotas[0].Peak != 10 || len(sim.Broken) > 0 {
		t.Errorf("%+v, %+v, broken %v", robot, sim.Quotas, sim.Broken)
	}
	// The month is Shanghai's, which begins 8 hours before that of UTC.
	january := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
	if gap := robot.LongestGap(); !gap.To.Equal(january) || gap.From.Before(start.Add(18*day)) || gap.From.After(start.Add(19*day)) {
		t.Errorf("the gap: %+v", robot.Gaps)
	}
	// First it is an early renewal that has to wait, because the last call is kept for when the token is dead; then nothing is left.
	if len(sim.Hits) < 2 || !sim.Hits[0].Alive || sim.Hits[1].Alive {
		t.Fatalf("%+v", sim.Hits)
	}
	for _, h := range sim.Hits[:2] {
		if h.Limit != "monthly" || h.Class != "quota_exhausted" || !h.Until.Equal(january) {
			t.Errorf("%+v", h)
		}
	}
}

// TestSimulateEvery runs the flow every half an hour: a token of 30 minutes is found dead each time, if only just; one of 29 dies before.
func TestSimulateEvery(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	_, by, _, err := s.simulates(path, authrun.SimulateOptions{For: day, Every: 30 * time.Minute, Targets: []string{"auth.ippbx.a"}})
	if err != nil || len(by) != 1 {
		t.Fatal(err, by)
	}
	if pbx := by["auth.ippbx.a"]; pbx.Acquires != 48 || pbx.LeastLeft != 0 || len(pbx.Gaps) > 0 {
		t.Errorf("%+v", pbx)
	}
	sim, by, _, err := s.simulates(path, authrun.SimulateOptions{For: day, Every: 30 * time.Minute, Lives: map[string]time.Duration{"auth.ippbx.a": 29 * time.Minute}})
	if pbx := by["auth.ippbx.a"]; err != nil || len(pbx.Gaps) != 48 || pbx.LongestGap().To.Sub(pbx.LongestGap().From) != time.Minute || sim.Fits() {
		t.Errorf("%v, %+v", err, pbx)
	}
}

// TestSimulateOutage takes a vendor away for a day: there is a gap of a day and no more, some three hundred calls, and dependants go on.
func TestSimulateOutage(t *testing.T) {
	s := newStage(t)
	sim, by, _, err := s.simulates(s.write(all), authrun.SimulateOptions{For: 3 * day, Outages: []authrun.Outage{{Vendor: "ippbx", After: day, For: day}}})
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, call := range sim.Calls {
		if call.Answered {
			continue
		}
		if failed++; call.Address != "auth.ippbx.a" {
			t.Errorf("%+v failed", call)
		}
	}
	// A try every five minutes, of one to four exchanges, and some when the outage began.
	if failed < 280 || failed > 4*(288+10) {
		t.Errorf("%d calls failed", failed)
	}
	gap := by["auth.ippbx.a"].LongestGap()
	if long := gap.To.Sub(gap.From); long < day-30*time.Minute || long > day+5*time.Minute || len(by["auth.ippbx.a"].Gaps) != 1 {
		t.Errorf("gaps: %+v", by["auth.ippbx.a"].Gaps)
	}
	if len(by["auth.sipauth.a"].Gaps)+len(by["auth.easemob.a"].Gaps) > 0 {
		t.Errorf("others have gaps: %+v", sim.Credentials)
	}
}

// TestSimulateLives takes a life from the options, else from the store, without its key, else from the plugin.
func TestSimulateLives(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	s.sipauth.Calls()
	if r := s.apply(path, authrun.ApplyOptions{}); r.summary.Acquired != 5 {
		t.Fatal(r.diags)
	}
	if err := os.Remove(filepath.Join(s.home, ".config", "authrun", "key")); err != nil {
		t.Fatal(err)
	}
	before := s.calls()
	_, by, told, err := s.simulates(path, authrun.SimulateOptions{For: day, Lives: map[string]time.Duration{"auth.lingju.a": sdk.Forever, "ippbx": time.Hour}})
	if err != nil || len(told) > 0 || s.calls() != before {
		t.Fatal(err, told, s.calls()-before)
	}
	near := cmpopts.EquateApprox(0, float64(5*time.Second))
	for address, want := range map[string][2]authrun.Life{
		"auth.lingju.a":   {{For: sdk.Forever, From: authrun.LifeGiven}},
		"auth.ippbx.a":    {{For: time.Hour, From: authrun.LifeGiven}, {For: time.Hour, From: authrun.LifeGiven}},
		"auth.sipauth.a":  {{For: 12 * time.Hour, From: authrun.LifeStored}},
		"auth.ekuaibao.a": {{For: 2 * time.Hour, From: authrun.LifeStored}, {For: 32 * day, From: authrun.LifePlugin}},
	} {
		got := [2]authrun.Life{by[address].Acquired, by[address].Renewed}
		for i := range got {
			if got[i].From != want[i].From || !cmp.Equal(float64(got[i].For), float64(want[i].For), near) {
				t.Errorf("%s: %+v, want %+v", address, got, want)
			}
		}
	}
	if by["auth.lingju.a"].Calls != 1 {
		t.Errorf("what never dies was got %d times", by["auth.lingju.a"].Calls)
	}
}

// TestSimulateTwice is the same twice.
func TestSimulateTwice(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	opts := authrun.SimulateOptions{Start: s.clock(), For: 3 * day, Outages: []authrun.Outage{{Vendor: "sipauth", After: day, For: 20 * time.Hour}}}
	one, _, _, _ := s.simulates(path, opts)
	two, _, _, _ := s.simulates(path, opts)
	if diff := cmp.Diff(one, two, cmpopts.IgnoreFields(authrun.Simulation{}, "Elapsed")); diff != "" {
		t.Error(diff)
	}
}

// TestSimulateBadInput says what is wrong, and simulates nothing.
func TestSimulateBadInput(t *testing.T) {
	s := newStage(t)
	few := "variable \"n\" {\n  type = number\n}\n"
	device := "auth \"lingju\" \"robot\" {\n  appkey = \"k\"\n  userid = \"device1\"\n"
	for name, c := range map[string]struct {
		flow string
		opts authrun.SimulateOptions
		want string
	}{
		"a life of nobody":       {tight, authrun.SimulateOptions{Lives: map[string]time.Duration{"lingjo": day}}, "Did you mean lingju?"},
		"a life of no address":   {tight, authrun.SimulateOptions{Lives: map[string]time.Duration{"auth.lingju.robbo": day}}, "Did you mean auth.lingju.robot?"},
		"a life of what?":        {tight, authrun.SimulateOptions{Lives: map[string]time.Duration{"auth.lingju": day}}, "is no address"},
		"an outage of nobody":    {tight, authrun.SimulateOptions{Outages: []authrun.Outage{{Vendor: "easemob", For: day}}}, "no auth block of a vendor"},
		"a target of nobody":     {tight, authrun.SimulateOptions{Targets: []string{"auth.a.b"}}, "auth.a.b"},
		"how many is not known":  {few + device + "  count = var.n\n}\n", authrun.SimulateOptions{}, "auth.lingju.robot"},
		"when is not known":      {few + device + "  lifecycle {\n    renew_before = \"${var.n}h\"\n  }\n}\n", authrun.SimulateOptions{}, "renew_before"},
		"an argument is not one": {device + "  appkay = 1\n}\n", authrun.SimulateOptions{}, "appkay"},
		"no plugin":              {"auth \"lingjo\" \"x\" {\n}\n", authrun.SimulateOptions{}, "lingjo"},
		"it lasts no time":       {tight, authrun.SimulateOptions{For: -1}, "ten years"},
		"it lasts for ever":      {tight, authrun.SimulateOptions{For: authrun.LongestSimulation + 1}, "ten years"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.opts.For == 0 {
				c.opts.For = day
			}
			sim, _, told, err := s.simulates(s.write(c.flow), c.opts)
			if text := fmt.Sprint(err, told); err == nil || !strings.Contains(text, c.want) || len(sim.Calls) > 0 {
				t.Errorf("it says %s", text)
			}
		})
	}
}

// TestSimulationBreaksNoLimit tries lives, limits, outages and timers at random: the vendor, who counts by himself, never counts one call too many.
func TestSimulationBreaksNoLimit(t *testing.T) {
	s := newStage(t)
	s.options.PluginDirs = nil
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 9))
		counts := [][]sdk.Operation{nil, {sdk.OpAcquire, sdk.OpRenew}, {sdk.OpRenew}}[random.IntN(3)]
		quota := &sdk.Quota{Count: 1 + random.IntN(15), Per: []sdk.Calendar{sdk.CalendarHour, sdk.CalendarDay, sdk.CalendarMonth}[random.IntN(3)], Zone: "Asia/Shanghai"}
		if random.IntN(3) == 0 {
			quota.Per, quota.Zone, quota.Sliding = "", "", time.Duration(1+random.IntN(48))*time.Hour
		}
		s.options.Vendors = []authrun.Vendor{clerk(sdk.Limit{Name: "many", Scope: []string{"user"}, Counts: counts, Quota: quota},
			sdk.Limit{Name: "fast", Scope: []string{"url"}, MinInterval: time.Duration(1+random.IntN(100)) * time.Second})}
		opts := authrun.SimulateOptions{For: time.Duration(1+random.IntN(40)) * day, Lives: map[string]time.Duration{"clerk": time.Duration(1+random.IntN(3000)) * time.Minute}}
		if random.IntN(2) == 0 {
			opts.Every = time.Duration(1+random.IntN(300)) * time.Minute
		}
		for range random.IntN(3) {
			opts.Outages = append(opts.Outages, authrun.Outage{Vendor: "clerk", After: time.Duration(random.IntN(30)) * day, For: time.Duration(1+random.IntN(30)) * time.Hour})
		}
		sim, _, told, err := s.simulates(s.write("auth \"clerk\" \"c\" {\n  count = 3\n  url   = \"http://clerk.invalid\"\n  user  = \"u${count.index % 2}\"\n"+
			"  key   = \"k${count.index}\"\n}\n"), opts)
		if err != nil || told.HasErrors() || len(sim.Calls) == 0 {
			t.Fatalf("seed %d: %v, %v, %d calls", seed, err, told, len(sim.Calls))
		}
		if len(sim.Broken) > 0 {
			t.Errorf("seed %d: %d calls too many, the first at %s, of %+v", seed, len(sim.Broken), sim.Broken[0].At, quota)
		}
	}
}
