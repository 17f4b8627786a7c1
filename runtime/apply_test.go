package runtime_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	authrun "github.com/authrun/authrun/runtime"
)

// TestFiveVendors makes the credentials of all five through real plugin processes, and then finds them made.
func TestFiveVendors(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	r := s.apply(path, authrun.ApplyOptions{})
	if r.err != nil || len(r.failed) > 0 {
		t.Fatalf("%v; failed %v; %+v", r.err, r.failed, r.diags)
	}
	if r.summary.Acquired != 5 || r.summary.VendorCalls != 5 || s.calls() != 5 {
		t.Errorf("the first run: %+v, %d calls", r.summary, s.calls())
	}
	if r.outputs["company"] != `"test"` {
		t.Errorf("outputs: %v", r.outputs)
	}
	token := r.outputs["pbx"]

	r = s.apply(path, authrun.ApplyOptions{})
	if r.summary.Reused != 5 || r.summary.VendorCalls != 0 || s.calls() != 5 {
		t.Errorf("the second run: %+v, %d calls; %+v", r.summary, s.calls(), r.diags)
	}
	if r.outputs["pbx"] != token {
		t.Errorf("the second run has another token")
	}
	s.strict()
}

// TestMonths runs the flow again and again: each vendor is called by the life of its own tokens only.
func TestMonths(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	s.apply(path, authrun.ApplyOptions{})
	for _, step := range []struct {
		pass time.Duration
		want map[string]authrun.Action
	}{
		{29 * time.Minute, map[string]authrun.Action{"auth.ippbx.a": authrun.ActionRenew}},
		{29 * time.Minute, map[string]authrun.Action{"auth.ippbx.a": authrun.ActionRenew}},
		{55 * time.Minute, map[string]authrun.Action{"auth.ippbx.a": authrun.ActionAcquire, "auth.ekuaibao.a": authrun.ActionRenew}},
		{31 * time.Minute, map[string]authrun.Action{"auth.ippbx.a": authrun.ActionAcquire}},
		{11 * time.Hour, map[string]authrun.Action{"auth.ippbx.a": authrun.ActionAcquire, "auth.sipauth.a": authrun.ActionAcquire}},
	} {
		s.pass(step.pass)
		r := s.apply(path, authrun.ApplyOptions{})
		if len(r.failed) > 0 {
			t.Fatalf("after %s: failed %v; %+v", step.pass, r.failed, r.diags)
		}
		called := map[string]authrun.Action{}
		for address, action := range r.actions {
			if action != authrun.ActionReuse {
				called[address] = action
			}
		}
		if diff := cmp.Diff(step.want, called); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", step.pass, diff)
		}
	}
	s.strict()
}

// TestFailureStopsDependantsOnly shows that a refused block stops those that need it and no other, with a diagnostic at its place.
func TestFailureStopsDependantsOnly(t *testing.T) {
	s := newStage(t)
	path := s.write(strings.Replace(all, `"pbx-password"`, `"wrong-password"`, 1))
	r := s.apply(path, authrun.ApplyOptions{})
	if diff := cmp.Diff(map[string]string{"auth.ippbx.a": "invalid_credentials"}, r.failed); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string][]string{"auth.easemob.a": {"auth.ippbx.a"}}, r.skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if r.summary.Acquired != 3 || r.summary.Failed != 1 || r.summary.Skipped != 1 {
		t.Errorf("summary: %+v", r.summary)
	}
	if _, there := r.outputs["pbx"]; there {
		t.Error("an output that could not be known is there")
	}
	found := false
	for _, d := range r.diags {
		if d.Address == "auth.ippbx.a" && d.Severity == authrun.SeverityError {
			found = d.Range != nil && strings.HasSuffix(d.Range.Filename, "flow.hcl")
		}
		if text := d.Summary + d.Detail; strings.Contains(text, "wrong-password") {
			t.Errorf("a diagnostic shows the password: %s", text)
		}
		if d.Snippet != nil && strings.Contains(d.Snippet.Code, "wrong-password") {
			t.Errorf("a snippet shows the password: %s", d.Snippet.Code)
		}
	}
	if !found {
		t.Errorf("no diagnostic has the block's place: %+v", r.diags)
	}

	before := s.ippbx.Calls()
	r = s.apply(path, authrun.ApplyOptions{})
	if s.ippbx.Calls() != before || r.failed["auth.ippbx.a"] != "invalid_credentials" {
		t.Errorf("the refused password was sent again, or the failure is another: %v", r.failed)
	}
	r = s.apply(path, authrun.ApplyOptions{Force: []string{"auth.ippbx.a"}})
	if s.ippbx.Calls() != before+1 {
		t.Error("it was not sent although it was forced")
	}
}

// TestTarget makes one block valid and what it depends on, and nothing else.
func TestTarget(t *testing.T) {
	s := newStage(t)
	r := s.apply(s.write(all), authrun.ApplyOptions{Targets: []string{"auth.easemob.a"}})
	want := map[string]authrun.Action{"auth.ippbx.a": authrun.ActionAcquire, "auth.easemob.a": authrun.ActionAcquire}
	if diff := cmp.Diff(want, r.actions); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
	r = s.apply(s.write(all), authrun.ApplyOptions{Targets: []string{"auth.easemob.b"}})
	if !r.diags.HasErrors() || !strings.Contains(r.diags.Error(), "auth.easemob.a") {
		t.Errorf("an unknown target: %v", r.diags)
	}
}

// TestBrokenPlugins shows what each broken plugin looks like, and that the others go on.
func TestBrokenPlugins(t *testing.T) {
	for name, words := range map[string]string{"chatty": "hello, I am a plugin", "crash": "crash"} {
		s := newStage(t)
		s.plugin(name)
		path := s.write(all + "\nauth \"" + name + "\" \"x\" {\n}\n")
		r := s.apply(path, authrun.ApplyOptions{})
		if r.failed["auth."+name+".x"] != authrun.ClassPlugin || r.summary.Acquired != 5 {
			t.Errorf("%s: failed %v, %+v", name, r.failed, r.summary)
		}
		if text := r.diags.Error(); !strings.Contains(text, words) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestAbsentPlugin shows that a vendor without a plugin is a mistake of the flow, and that nothing is done then.
func TestAbsentPlugin(t *testing.T) {
	s := newStage(t)
	r := s.apply(s.write(all+"\nauth \"easymob\" \"x\" {\n}\n"), authrun.ApplyOptions{})
	text := r.diags.Error()
	if !strings.Contains(text, `Did you mean "easemob"?`) || !strings.Contains(text, s.plugins) {
		t.Errorf("it says: %s", text)
	}
	if s.calls() != 0 || r.err == nil {
		t.Errorf("%d calls were made; error %v", s.calls(), r.err)
	}
}

// TestOutputs reads outputs back without a call, and says what is not there.
func TestOutputs(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	read := func() (names []string, diags authrun.Diagnostics) {
		s.run(path, func(f *authrun.Flow) {
			outputs, d := f.Outputs(t.Context())
			for _, o := range outputs {
				names = append(names, o.Name)
			}
			diags = d
		})
		return names, diags
	}
	names, diags := read()
	if len(names) != 0 || !strings.Contains(diags.Error(), "not stored") {
		t.Errorf("before the first apply: %v, %v", names, diags)
	}
	s.apply(path, authrun.ApplyOptions{})
	calls := s.calls()
	if names, diags = read(); strings.Join(names, " ") != "company pbx" || diags.HasErrors() {
		t.Errorf("after it: %v, %v", names, diags)
	}
	s.pass(31 * time.Minute)
	if names, diags = read(); strings.Join(names, " ") != "company" || !strings.Contains(diags.Error(), "expired") {
		t.Errorf("after 31 minutes: %v, %v", names, diags)
	}
	if s.calls() != calls {
		t.Error("reading outputs called a vendor")
	}
}

// TestCredential gives one credential, valid.
func TestCredential(t *testing.T) {
	s := newStage(t)
	s.run(s.write(all), func(f *authrun.Flow) {
		c, err := f.Credential(t.Context(), "auth.ippbx.a", authrun.ApplyOptions{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.Token == "" || c.Generation != 1 || c.Action != authrun.ActionAcquire || c.ExpiresAt.IsZero() {
			t.Errorf("it is %+v", c)
		}
		if s.calls() != 1 {
			t.Errorf("it took %d calls", s.calls())
		}
		if _, err := f.Credential(t.Context(), "auth.ippbx.b", authrun.ApplyOptions{}, nil); err == nil {
			t.Error("there is a credential of an unknown address")
		}
	})
}
