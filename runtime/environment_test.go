package runtime_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	authrun "github.com/authrun/authrun/runtime"
)

func (s *stage) environment(path string) ([]authrun.EnvVar, error) {
	s.t.Helper()
	var vars []authrun.EnvVar
	var err error
	if diags := s.run(path, func(f *authrun.Flow) { vars, err = f.Environment(context.Background(), authrun.ApplyOptions{}, nil) }); diags.HasErrors() {
		s.t.Fatal(diags)
	}
	return vars, err
}

// TestEnvironment shows that what no variable needs is not made valid.
func TestEnvironment(t *testing.T) {
	s := newStage(t)
	path := s.write(all + `
output "number" {
  value = 8260
  env   = "PORT"
}
output "text" {
  value = "${auth.sipauth.a.companyname}: ${local.yes}"
  env   = local.name
}
locals {
  name = "COMPANY"
  yes  = true
}
`)
	vars, err := s.environment(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []authrun.EnvVar{{Name: "COMPANY", Value: "test: true", Output: "text"}, {Name: "PORT", Value: "8260", Output: "number"}}
	if diff := cmp.Diff(want, vars); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if s.calls() != 1 || s.sipauth.Calls() != 1 {
		t.Errorf("%d calls", s.calls())
	}
	if _, err := s.environment(path); err != nil || s.calls() != 1 {
		t.Errorf("the second time: %d calls, %v", s.calls(), err)
	}
}

// TestEnvironmentWithoutCredentials shows that no store is made for it.
func TestEnvironmentWithoutCredentials(t *testing.T) {
	s := newStage(t)
	s.vars = nil
	path := s.write("output \"a\" {\n  value = true\n  env = \"A\"\n}")
	vars, err := s.environment(path)
	if err != nil || len(vars) != 1 || vars[0].Value != "true" {
		t.Errorf("got %v and %v", vars, err)
	}
	if entries, err := os.ReadDir(s.home); err != nil || len(entries) > 0 {
		t.Errorf("at home there is %v; %v", entries, err)
	}
}

func TestEnvironmentIsAllOrNothing(t *testing.T) {
	for name, c := range map[string]struct{ outputs, want string }{
		"a credential that is refused": {`
output "a" {
  value     = auth.ippbx.a.token
  sensitive = true
  env       = "A"
}
output "b" {
  value = auth.sipauth.a.companyname
  env   = "B"
}`, "Credentials refused"},
		"none":           {`output "a" { value = 1 }`, "No environment variables"},
		"twice the same": {"output \"a\" {\n value = 1\n env = \"A\"\n}\noutput \"b\" {\n value = 2\n env = \"A\"\n}", "Duplicate environment variable"},
		"no name":        {"output \"a\" {\n value = 1\n env = \"1A\"\n}", "no digit first"},
		"null":           {"output \"a\" {\n value = null\n env = \"A\"\n}", "it is null"},
		"a list":         {"output \"a\" {\n value = [1]\n env = \"A\"\n}", "it has parts"},
		"a zero byte":    {"output \"a\" {\n value = \"x\\u0000y\"\n env = \"A\"\n}", "zero byte"},
		"a condition": {"output \"a\" {\n value = 1\n env = \"A\"\n precondition {\n condition = var.ippbx == \"\"\n error_message = \"Never.\"\n }\n}",
			"Never."},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			declarations := all[:strings.Index(all, "output \"company\"")]
			path := s.write(strings.Replace(declarations, `"pbx-password"`, `"wrong-password"`, 1) + c.outputs)
			vars, err := s.environment(path)
			var diags authrun.Diagnostics
			if vars != nil || !errors.As(err, &diags) || !strings.Contains(diags.Error(), c.want) {
				t.Errorf("got %v and %v, want %q", vars, err, c.want)
			}
		})
	}
}

// TestEnvironmentOfACallerWhoGivesUp shows that nothing begins then.
func TestEnvironmentOfACallerWhoGivesUp(t *testing.T) {
	s := newStage(t)
	path := s.write(all + "output \"e\" {\n value = auth.sipauth.a.companyname\n env = \"E\"\n}")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.run(path, func(f *authrun.Flow) {
		if vars, err := f.Environment(ctx, authrun.ApplyOptions{}, nil); vars != nil || err == nil {
			t.Errorf("got %v and %v", vars, err)
		}
	})
	if s.calls() != 0 {
		t.Errorf("%d calls", s.calls())
	}
}

// TestMask shows that what a flow knows is hidden in what is written, also when the runtime is closed.
func TestMask(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	var out strings.Builder
	var mask *authrun.Mask
	token := ""
	s.run(path, func(f *authrun.Flow) {
		mask = f.Mask(&out)
		c, err := f.Credential(context.Background(), "auth.sipauth.a", authrun.ApplyOptions{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		token = c.Token
	})
	for _, piece := range []string{"token ", token[:4], token[4:], ", password sip-access", "-key."} {
		if _, err := mask.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(mask.Pause(), mask.Close()); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "token (sensitive), password (sensitive)."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
