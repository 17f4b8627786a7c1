package runtime_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// keys is a flow of two vendors with secrets from outside, where a sensitive argument of the second hangs on the first.
const keys = `
variable "ippbx" {
  type = string
}
variable "password" {
  type      = string
  sensitive = true
}
variable "ekuaibao" {
  type = string
}
variable "sipauth" {}
variable "easemob" {}
variable "lingju" {}
auth "ippbx" "a" {
  base_url = var.ippbx
  username = "api"
  password = var.password
  port     = 8260
}
auth "ekuaibao" "a" {
  base_url     = var.ekuaibao
  app_key      = "ek-app-key"
  app_security = env("EK_SECRET")
  depends_on   = [auth.ippbx.a]
}
output "pbx" {
  value     = auth.ippbx.a.token
  sensitive = true
  env       = "PBX"
}
output "company" {
  value = auth.ekuaibao.a.corporation_id
}
`

// reader is a stage on which the flow keys was applied by somebody who has its secrets.
func newReader(t *testing.T) (s *stage, path string, withSecrets func(do func(*authrun.Flow))) {
	s = newStage(t)
	path = s.write(keys)
	without := s.options.Env
	withSecrets = func(do func(*authrun.Flow)) {
		t.Helper()
		s.options.Env = func(name string) (string, bool) {
			if name == "EK_SECRET" {
				return "ek-app-security", true
			}
			return without(name)
		}
		all := s.vars
		s.vars = append(s.vars[:len(s.vars):len(s.vars)], "password=pbx-password")
		defer func() { s.vars, s.options.Env = all, without }()
		if diags := s.run(path, do); diags.HasErrors() {
			t.Fatal(diags)
		}
	}
	withSecrets(func(f *authrun.Flow) {
		if summary, err := f.Apply(context.Background(), authrun.ApplyOptions{}, nil); err != nil || summary.Acquired != 2 {
			t.Fatal(summary, err)
		}
	})
	return s, path, withSecrets
}

// read does something with a flow whose inputs may be missing: base_url of the vendors is what vars say.
func (s *stage) read(path string, vars []string, do func(*authrun.Flow)) authrun.Diagnostics {
	s.t.Helper()
	rt, err := authrun.Open(s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rt.Close()
	flow, diags := rt.Load(context.Background(), path, authrun.Inputs{Vars: vars, Later: true})
	if flow != nil {
		do(flow)
	}
	return diags
}

// TestReadersNeedNoSecrets reads what is stored without any input: nothing is called, nothing is missing.
func TestReadersNeedNoSecrets(t *testing.T) {
	s, path, _ := newReader(t)
	calls := s.calls()
	for name, vars := range map[string][]string{"no inputs": nil, "those that are no secrets": s.vars} {
		s.read(path, vars, func(f *authrun.Flow) {
			c, err := f.Credential(context.Background(), "auth.ekuaibao.a", authrun.ApplyOptions{}, nil)
			if err != nil || c.Token == "" || c.Action != authrun.ActionReuse {
				t.Errorf("%s: token: %v, %v", name, c.Action, err)
			}
		})
		s.read(path, vars, func(f *authrun.Flow) {
			outputs, diags := f.Outputs(context.Background())
			if len(outputs) != 2 || diags.HasErrors() {
				t.Errorf("%s: outputs: %d, %v", name, len(outputs), diags)
			}
		})
		s.read(path, vars, func(f *authrun.Flow) {
			env, err := f.Environment(context.Background(), authrun.ApplyOptions{}, nil)
			if err != nil || len(env) != 1 || env[0].Value == "" {
				t.Errorf("%s: environment: %d, %v", name, len(env), err)
			}
		})
	}
	if s.calls() != calls {
		t.Errorf("%d calls were made", s.calls()-calls)
	}
}

// TestWhoMustCallNamesWhatIsMissing shows that a vendor call asks for the inputs, and which.
func TestWhoMustCallNamesWhatIsMissing(t *testing.T) {
	s, path, _ := newReader(t)
	calls := s.calls()
	s.pass(3 * time.Hour)
	for _, c := range []struct{ address, want string }{ // in this order: the second makes the first valid
		{"auth.ippbx.a", `variable "password" has no default`},
		{"auth.ekuaibao.a", "EK_SECRET"},
	} {
		address, want, vars := c.address, c.want, s.vars
		if address == "auth.ekuaibao.a" {
			vars = append(vars[:len(vars):len(vars)], "password=pbx-password")
			calls++ // what it depends on has all that it needs
		}
		s.read(path, vars, func(f *authrun.Flow) {
			_, err := f.Credential(context.Background(), address, authrun.ApplyOptions{}, nil)
			var diags authrun.Diagnostics
			if !errors.As(err, &diags) || !strings.Contains(diags.Error(), want) {
				t.Errorf("%s: %v", address, err)
			}
		})
	}
	if s.calls() != calls {
		t.Errorf("%d calls more than expected", s.calls()-calls)
	}
}

// TestReadersNoticeWhatChanged shows that what can be evaluated must be what it was.
func TestReadersNoticeWhatChanged(t *testing.T) {
	s, path, _ := newReader(t)
	for name, change := range map[string]string{
		"another value":       strings.Replace(keys, `"api"`, `"root"`, 1),
		"one more argument":   strings.Replace(keys, `= 8260`, "= 8260\n  version  = \"2\"", 1),
		"one argument less":   strings.Replace(keys, "port     = 8260\n", "", 1),
		"a value for unknown": strings.Replace(keys, `var.password`, `"other"`, 1),
	} {
		other := s.write(change)
		// The same flow, with other content: it is known by its path.
		if err := os.Rename(other, path); err != nil {
			t.Fatal(err)
		}
		s.read(path, nil, func(f *authrun.Flow) {
			if _, err := f.Credential(context.Background(), "auth.ippbx.a", authrun.ApplyOptions{}, nil); err == nil {
				t.Errorf("%s: the token of other arguments was given", name)
			}
		})
	}
}

// TestDependenciesAreNotCalledForNothing: a credential that lives is given although what it depends on is dead.
func TestDependenciesAreNotCalledForNothing(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	s.apply(path, authrun.ApplyOptions{})
	calls := s.calls()
	s.pass(40 * time.Minute) // auth.ippbx.a is dead, auth.easemob.a needs it and lives
	s.run(path, func(f *authrun.Flow) {
		var told []string
		c, err := f.Credential(context.Background(), "auth.easemob.a", authrun.ApplyOptions{}, func(e authrun.Event) {
			if d, ok := e.(authrun.AuthDone); ok {
				told = append(told, d.Address)
			}
		})
		if err != nil || c.Action != authrun.ActionReuse || len(told) != 1 || told[0] != "auth.easemob.a" {
			t.Errorf("%v %v %v", c.Action, told, err)
		}
	})
	if s.calls() != calls {
		t.Error("a vendor was called")
	}
	s.run(path, func(f *authrun.Flow) {
		if c, err := f.Credential(context.Background(), "auth.easemob.a", authrun.ApplyOptions{Force: []string{"auth.easemob.a"}}, nil); err != nil ||
			c.Action != authrun.ActionAcquire {
			t.Errorf("forced: %v %v", c.Action, err)
		}
	})
	if s.calls() != calls+2 {
		t.Errorf("%d calls, want one for what it depends on and one for itself", s.calls()-calls)
	}
}
