package httpvendor_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/examples/simulator/server"
	httpvendor "github.com/authrun/authrun/plugins/http"
	authrun "github.com/authrun/authrun/runtime"
)

// described are the five vendors that have plugins of their own, described in flows, and how long a token of each lives.
var described = []struct {
	flow, vendor string
	life         time.Duration // of the simulator's answers
	renews       string        // what renewing does: "", "keeps", "replaces"
	revokes      bool
	output       string // what the output "said" holds
}{
	{flow: "sipauth", vendor: "sipauth", life: 12 * time.Hour, revokes: true, output: `"test"`},
	{flow: "easemob", vendor: "easemob", life: 1024000 * time.Second, output: `"8be024f0-e978-11e8-b697-5d598d5f8402"`},
	{flow: "ippbx", vendor: "ippbx", life: 30 * time.Minute, renews: "keeps", revokes: true},
	{flow: "ippbx_xml", vendor: "ippbx", life: 30 * time.Minute, renews: "keeps", revokes: true},
	{flow: "ekuaibao", vendor: "ekuaibao", life: 2 * time.Hour, renews: "replaces", output: `"34A73EyI8A0w00"`},
	{flow: "lingju", vendor: "lingju", life: 30 * 24 * time.Hour},
}

// world is a runtime with the plugin in it, and the vendors' simulator.
type world struct {
	t    *testing.T
	rt   *authrun.Runtime
	sim  *server.Server
	flow *authrun.Flow
	now  time.Time
}

// newWorld loads a flow of testdata; it must be valid.
func newWorld(t *testing.T, flow string, o server.Options) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)}
	o.Now = func() time.Time { return w.now }
	var err error
	if w.sim, err = server.New(o); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(w.sim)
	t.Cleanup(web.Close)
	env := map[string]string{"HOME": t.TempDir(), "PBX_PASSWORD": "demo-pbx-password"}
	w.rt, err = authrun.Open(authrun.Options{Vendors: []authrun.Vendor{httpvendor.New(bytes.NewReader(make([]byte, 1<<10)))}, Now: o.Now,
		Env: func(name string) (string, bool) { value, set := env[name]; return value, set }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.rt.Close(); err != nil {
			t.Error(err)
		}
	})
	in := authrun.Inputs{Vars: []string{"sim=" + web.URL}}
	loaded, diags := w.rt.Load(t.Context(), filepath.Join("testdata", flow+".hcl"), in)
	if loaded != nil {
		diags = append(diags, loaded.Validate(t.Context())...)
	}
	for _, d := range diags {
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}
	if t.Failed() {
		t.FailNow()
	}
	w.flow = loaded
	return w
}

// ran is what an apply did.
type ran struct {
	authrun.Summary
	class   string // of the failure
	texts   string // of the diagnostics
	until   time.Time
	outputs map[string]string
}

// apply applies the flow.
func (w *world) apply(o authrun.ApplyOptions) ran {
	w.t.Helper()
	r := ran{outputs: map[string]string{}}
	var err error
	r.Summary, err = w.flow.Apply(context.Background(), o, func(e authrun.Event) {
		switch e := e.(type) {
		case authrun.AuthDone:
			r.until = e.ExpiresAt
		case authrun.AuthFailed:
			r.class = e.Class
		case authrun.Diagnosed:
			r.texts += e.Diagnostic.Summary + ": " + e.Diagnostic.Detail + "\n"
		case authrun.Outputs:
			for _, o := range e.Outputs {
				r.outputs[o.Name] = string(o.Value)
			}
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if wrong := w.sim.Violations(); len(wrong) > 0 {
		w.t.Errorf("a vendor was asked against its documents: %v", wrong)
	}
	return r
}

// A flow describes each of the five vendors well enough that its strict server has nothing to say.
func TestTheFiveVendorsDescribed(t *testing.T) {
	for _, v := range described {
		t.Run(v.flow, func(t *testing.T) {
			w := newWorld(t, v.flow, server.Options{})
			first := w.apply(authrun.ApplyOptions{})
			if first.Acquired != 1 || first.VendorCalls != 1 || first.texts != "" {
				t.Fatalf("the first run did %+v", first)
			}
			if life := first.until.Sub(w.now).Round(time.Minute); life != v.life.Round(time.Minute) {
				t.Errorf("it lives for %s, want %s", life, v.life)
			}
			if first.outputs["said"] != v.output {
				t.Errorf("output said is %s, want %s", first.outputs["said"], v.output)
			}
			if again := w.apply(authrun.ApplyOptions{}); again.Reused != 1 || again.VendorCalls != 0 || again.outputs["token"] != first.outputs["token"] {
				t.Errorf("the second run did %+v", again)
			}
			w.now = w.now.Add(v.life - time.Minute)
			later := w.apply(authrun.ApplyOptions{})
			same := later.outputs["token"] == first.outputs["token"]
			switch {
			case later.VendorCalls != 1 || later.Renewed != map[bool]int{true: 1}[v.renews != ""]:
				t.Errorf("near its end the run did %+v", later)
			case same != (v.renews == "keeps"):
				t.Errorf("near its end the token stays the same: %v", same)
			case !later.until.After(w.now.Add(v.life / 2)):
				t.Errorf("near its end it got a life until %s", later.until)
			}
			done, err := w.flow.Revoke(t.Context(), authrun.RevokeOptions{Confirm: func([]string) bool { return true }}, nil)
			if err != nil || (done.Ended == 1) != v.revokes || done.Failed > 0 {
				t.Errorf("revoke did %+v: %v", done, err)
			}
			if wrong := w.sim.Violations(); len(wrong) > 0 {
				t.Errorf("a vendor was asked against its documents: %v", wrong)
			}
		})
	}
}

// A wrong secret is told as such, and not sent again.
func TestTheFiveVendorsRefuse(t *testing.T) {
	for _, v := range described {
		t.Run(v.flow, func(t *testing.T) {
			w := newWorld(t, v.flow, server.Options{Refuse: []string{v.vendor}})
			if got := w.apply(authrun.ApplyOptions{}); got.class != "invalid_credentials" || got.VendorCalls != 1 {
				t.Errorf("it did %+v", got)
			}
			if got := w.apply(authrun.ApplyOptions{}); got.class != "invalid_credentials" || got.VendorCalls != 0 {
				t.Errorf("the second run did %+v", got)
			}
		})
	}
}

// The limits that a flow declares hold as those do that a plugin declares.
func TestLimitsOfAFlow(t *testing.T) {
	force := authrun.ApplyOptions{Force: []string{"auth.http.it"}}
	t.Run("quota", func(t *testing.T) {
		w := newWorld(t, "lingju", server.Options{})
		for range 9 {
			if got := w.apply(force); got.VendorCalls != 1 {
				t.Fatalf("a run within the quota did %+v", got)
			}
		}
		got := w.apply(force) // the last one is kept for when the credential has died
		if got.VendorCalls != 0 || !strings.Contains(got.texts, `9 of 10 calls are used since 2026-11-01 00:00:00 +08:00 (limit "monthly")`) {
			t.Errorf("the tenth run of the month did %+v", got)
		}
		w.now = time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC) // midnight in Shanghai
		if got := w.apply(force); got.VendorCalls != 1 {
			t.Errorf("the first run of the next month did %+v", got)
		}
	})
	t.Run("lock-out", func(t *testing.T) {
		w := newWorld(t, "ippbx", server.Options{Refuse: []string{"ippbx"}})
		for range 4 {
			if got := w.apply(force); got.VendorCalls != 1 {
				t.Fatalf("a refused run did %+v", got)
			}
		}
		status, err := w.flow.Status(t.Context(), authrun.StatusOptions{})
		if err != nil || len(status[0].Limits) != 1 || status[0].Limits[0].Free {
			t.Errorf("the status is %+v: %v", status, err)
		}
	})
}

// What is wrong with a description is told at validate, at its place.
func TestMistakesAreToldByValidate(t *testing.T) {
	rt, err := authrun.Open(authrun.Options{Vendors: []authrun.Vendor{httpvendor.Vendor}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rt.Close() })
	flow, diags := rt.Load(t.Context(), filepath.Join("testdata", "wrong", "flow.hcl"), authrun.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var got []string
	for _, d := range flow.Validate(t.Context()) {
		got = append(got, fmt.Sprintf("%d %s", d.Range.Start.Line, d.Summary))
	}
	want := []string{"4 Contradicting arguments", "7 Unknown placeholder", "14 Invalid place", "18 Unknown placeholder"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
