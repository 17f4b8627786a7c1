package runtime_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	authrun "github.com/authrun/authrun/runtime"
)

// plan plans a flow, and gives what it says of each block and in all.
func (s *stage) plan(path string, opts authrun.ApplyOptions) (map[string]authrun.Planned, authrun.Plan, result) {
	s.t.Helper()
	blocks := map[string]authrun.Planned{}
	r := result{failed: map[string]string{}, skipped: map[string][]string{}}
	var plan authrun.Plan
	loaded := s.run(path, func(f *authrun.Flow) {
		plan, r.err = f.Plan(context.Background(), opts, func(e authrun.Event) {
			switch e := e.(type) {
			case authrun.Planned:
				blocks[e.Address] = e
			case authrun.AuthFailed:
				r.failed[e.Address] = e.Class
			case authrun.AuthSkipped:
				r.skipped[e.Address] = e.Because
			case authrun.Diagnosed:
				r.diags = append(r.diags, e.Diagnostic)
			}
		})
	})
	r.diags = append(loaded, r.diags...)
	return blocks, plan, r
}

func actions(blocks map[string]authrun.Planned) map[string]authrun.Action {
	all := map[string]authrun.Action{}
	for address, p := range blocks {
		all[address] = p.Action
	}
	return all
}

// TestPlanIsWhatApplyDoes plans and applies a flow through its life: each block's action is the same, and only apply calls vendors.
func TestPlanIsWhatApplyDoes(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	for _, step := range []struct {
		pass time.Duration
		opts authrun.ApplyOptions
	}{
		{0, authrun.ApplyOptions{Targets: []string{"auth.sipauth.a"}}},
		{0, authrun.ApplyOptions{}},
		{0, authrun.ApplyOptions{}},
		{29 * time.Minute, authrun.ApplyOptions{}},
		{29 * time.Minute, authrun.ApplyOptions{MinLife: 3 * time.Hour}},
		{40 * time.Minute, authrun.ApplyOptions{Force: []string{"auth.easemob.a"}}},
	} {
		s.pass(step.pass)
		before := s.calls()
		blocks, plan, planned := s.plan(path, step.opts)
		if planned.err != nil || s.calls() != before {
			t.Fatalf("the plan: %v, %d calls", planned.err, s.calls()-before)
		}
		if _, err := os.Stat(filepath.Join(s.home, ".local")); before == 0 && err == nil {
			t.Error("a plan made a store")
		}
		r := s.apply(path, step.opts)
		if diff := cmp.Diff(r.actions, actions(blocks)); diff != "" {
			t.Errorf("after %s (-apply +plan):\n%s", step.pass, diff)
		}
		if plan.Calls != r.summary.VendorCalls || plan.LeastCalls != plan.Calls {
			t.Errorf("after %s: %d to %d calls planned, %d made", step.pass, plan.LeastCalls, plan.Calls, r.summary.VendorCalls)
		}
		if plan.IsDone() != (r.summary.VendorCalls == 0) {
			t.Errorf("after %s: done %t", step.pass, plan.IsDone())
		}
	}
	s.strict()
}

// TestPlanCountsQuotas shows that a plan says what it leaves of a quota, and that blocks with the same arguments cost one call.
func TestPlanCountsQuotas(t *testing.T) {
	s := newStage(t)
	path := s.write(all + `
auth "lingju" "again" {
  base_url = var.lingju
  appkey   = "lingju-app-key"
  userid   = "device1"
}
`)
	blocks, plan, r := s.plan(path, authrun.ApplyOptions{Targets: []string{"auth.lingju.a", "auth.lingju.again"}})
	if r.err != nil || len(r.failed) > 0 {
		t.Fatal(r.err, r.failed, r.diags)
	}
	if plan.Acquired != 1 || plan.Reused != 1 || plan.Calls != 1 {
		t.Errorf("%+v", plan)
	}
	if again := blocks["auth.lingju.again"]; again.Reason != "auth.lingju.a has the same arguments, and brings it" {
		t.Errorf("%+v", again)
	}
	if len(plan.Quotas) != 1 || plan.Quotas[0].Left != 9 || plan.Quotas[0].Count != 10 {
		t.Errorf("quotas: %+v", plan.Quotas)
	}
}

// TestPlanOfWhatIsNotKnown shows blocks whose arguments hang on others: on what is no secret they do, on a token they do not.
func TestPlanOfWhatIsNotKnown(t *testing.T) {
	s := newStage(t)
	path := s.write(strings.NewReplacer(
		`"device1"`, `"device-${auth.sipauth.a.companyname}"`,
		`"easemob-client-secret"`, `auth.sipauth.a.token`,
	).Replace(all))
	blocks, plan, r := s.plan(path, authrun.ApplyOptions{})
	if r.err != nil {
		t.Fatal(r.err)
	}
	lingju := blocks["auth.lingju.a"]
	if lingju.Action != authrun.ActionUnknown || lingju.Reason != "userid is known only after auth.sipauth.a" || lingju.Calls != 1 {
		t.Errorf("%+v", lingju)
	}
	if easemob := blocks["auth.easemob.a"]; easemob.Action != authrun.ActionAcquire {
		t.Errorf("%+v", easemob)
	}
	if plan.LeastCalls != 4 || plan.Calls != 5 {
		t.Errorf("%+v", plan)
	}
}

// TestPlanOfWhatFails shows blocks that are blocked, wrong, and those that need them.
func TestPlanOfWhatFails(t *testing.T) {
	s := newStage(t)
	path := s.write(strings.NewReplacer(`"pbx-password"`, `"wrong-password"`, `"lingju-app-key"`, `env("NOT_SET")`).Replace(all))
	s.apply(path, authrun.ApplyOptions{})
	blocks, plan, r := s.plan(path, authrun.ApplyOptions{})
	if diff := cmp.Diff(map[string]string{"auth.lingju.a": "invalid_config"}, r.failed); diff != "" {
		t.Errorf("failed:\n%s", diff)
	}
	want := map[string]authrun.Action{"auth.ippbx.a": authrun.ActionBlocked, "auth.easemob.a": authrun.ActionBlocked,
		"auth.sipauth.a": authrun.ActionReuse, "auth.ekuaibao.a": authrun.ActionReuse}
	if diff := cmp.Diff(want, actions(blocks)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if plan.Blocked != 2 || plan.Failed != 1 || plan.Calls != 0 || plan.IsDone() {
		t.Errorf("%+v", plan)
	}
	if reason := blocks["auth.easemob.a"].Reason; reason != "auth.ippbx.a, which it needs, is blocked" {
		t.Errorf("reason: %s", reason)
	}
	if reason := blocks["auth.ippbx.a"].Reason; !strings.Contains(reason, "refused the same credentials") {
		t.Errorf("reason: %s", reason)
	}
}
