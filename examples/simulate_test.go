package examples_test

import (
	"os"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// TestExamplesSimulated simulates four days of every example: each fits.
func TestExamplesSimulated(t *testing.T) {
	rt := open(t, pluginFolder(t))
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if name != "folder" && !strings.HasSuffix(name, ".hcl") && !strings.HasSuffix(name, ".hcl.json") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			sim := simulate(t, rt, name, authrun.SimulateOptions{For: 4 * 24 * time.Hour})
			if !sim.Fits() || len(sim.Calls) == 0 {
				t.Errorf("%d calls, hits %v, %+v", len(sim.Calls), sim.Hits, sim.Credentials)
			}
		})
	}
}

// TestMonthlyQuota shows what the example says of itself: a vendor that is down for three days while a token of 30 days is renewed costs no gap, and
// tokens of three days would need more calls than there are.
func TestMonthlyQuota(t *testing.T) {
	const day = 24 * time.Hour
	rt := open(t, pluginFolder(t))
	opts := authrun.SimulateOptions{Start: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), For: 90 * day,
		Outages: []authrun.Outage{{Vendor: "lingju", After: 27 * day, For: 2 * day}}}
	sim := simulate(t, rt, "monthly_quota.hcl", opts)
	for _, c := range sim.Credentials {
		if len(c.Gaps) > 0 {
			t.Errorf("%s is dead: %+v", c.Address, c.Gaps)
		}
	}
	opts.Outages, opts.Lives = nil, map[string]time.Duration{"lingju": 6 * day}
	sim = simulate(t, rt, "monthly_quota.hcl", opts)
	if sim.Fits() || sim.Hits[0].Limit != "monthly" || sim.Quotas[0].Peak != 8 || sim.Quotas[0].Count != 10 {
		t.Errorf("tokens of six days: hits %v, quotas %v", sim.Hits, sim.Quotas)
	}
}

// simulate runs the life of an example, whose inputs need not be there.
func simulate(t *testing.T, rt *authrun.Runtime, path string, opts authrun.SimulateOptions) authrun.Simulation {
	t.Helper()
	flow, diags := rt.Load(t.Context(), path, authrun.Inputs{NoInputs: true})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	sim, err := flow.Simulate(t.Context(), opts, func(e authrun.Event) {
		if d, ok := e.(authrun.Diagnosed); ok && d.Diagnostic.Severity == authrun.SeverityError {
			t.Errorf("%s: %s", d.Diagnostic.Summary, d.Diagnostic.Detail)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return sim
}
