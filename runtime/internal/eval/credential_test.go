package eval

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const twoOutputs = `
auth "cloud" "im" {
  client_id     = "a"
  client_secret = "s"
  lifecycle {
    postcondition {
      condition     = self.expires_in >= 60
      error_message = "It lives for ${self.expires_in} s only."
    }
    precondition {
      condition     = env("ALLOWED") == "yes"
      error_message = "Set ALLOWED, which is ${env("ALLOWED")}."
    }
  }
}
output "token" {
  value     = auth.cloud.im.token
  sensitive = true
  env       = "TOKEN"
  file      = "out/../token"
}
output "end" {
  value = { at = auth.cloud.im.expires_at, in = auth.cloud.im.expires_in }
}
`

func TestOutputs(t *testing.T) {
	s := load(t, twoOutputs, Inputs{})
	if diff := cmp.Diff([]string{"end", "token"}, s.OutputNames()); diff != "" {
		t.Error(diff)
	}
	before, diags := s.Output("token")
	if diags.HasErrors() || before.Known || before.Value != nil {
		t.Fatal("before the credential is known:", diags, before)
	}
	value := raw(`{"token":"t0ken-1","expires_in":60,"application":null}`)
	if err := s.SetCredential(find(t, s, "auth.cloud.im").Addr, value, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	got, diags := s.Output("token")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	want := Output{Name: "token", Sensitive: true, Known: true, Type: raw(`"string"`), Value: raw(`"t0ken-1"`), Secrets: []string{"t0ken-1"},
		Env: "TOKEN", File: s.flow.Dir + "/token", FileMode: 0o600}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got, diags = s.Output("end")
	if diags.HasErrors() || string(got.Value) != `{"at":"2026-03-01T12:01:00Z","in":60}` || string(got.Type) != `["object",{"at":"string","in":"number"}]` {
		t.Errorf("%v %s %s", diags, got.Value, got.Type)
	}
	if diff := cmp.Diff([]int{0}, s.OutputRequires("end")); diff != "" {
		t.Error(diff)
	}
}

func TestConditions(t *testing.T) {
	s := load(t, twoOutputs, Inputs{Env: environment(map[string]string{"ALLOWED": "hunter2-secret"})})
	if diags := s.Validate(); diags.HasErrors() {
		t.Fatal("validate evaluates no condition:", diags)
	}
	im := find(t, s, "auth.cloud.im")
	diags := s.Preconditions(im)
	if len(diags) != 1 || diags[0].Detail != "The condition does not hold. (Its message is sensitive and not shown.)" || AboutOf(diags[0]).Addr != im.Addr {
		t.Fatal(diags)
	}
	if diags := s.Postconditions(im); len(diags) > 0 {
		t.Error("a condition over what is not known yet holds:", diags)
	}
	if err := s.SetCredential(im.Addr, raw(`{"token":"t","expires_in":59}`), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if diags = s.Postconditions(im); len(diags) != 1 || diags[0].Detail != "It lives for 59 s only." {
		t.Error(diags)
	}
}

func TestSetCredentialRefuses(t *testing.T) {
	s := load(t, twoOutputs, Inputs{})
	im := find(t, s, "auth.cloud.im").Addr
	other := im
	other.Name = "other"
	for name, err := range map[string]error{
		"unknown address": s.SetCredential(other, raw(`{"token":"hunter2"}`), time.Time{}),
		"no object":       s.SetCredential(im, raw(`["hunter2"]`), time.Time{}),
		"wrong type":      s.SetCredential(im, raw(`{"token":"t","expires_in":"hunter2"}`), time.Time{}),
	} {
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Static errors stand in the flow's text; the others come up again when a block's turn comes.
func TestStatic(t *testing.T) {
	s := load(t, `
auth "cloud" "im" {
  client_id     = env("NOT_THERE")
  client_secret = "s"
  port          = 0
  ttl           = tonumber("-1")
}
output "x" {
  value = auth.cloud.im.nothing
}
`, Inputs{})
	var static, later []string
	for _, d := range s.Validate() {
		if AboutOf(d).Later {
			later = append(later, d.Summary)
		} else {
			static = append(static, d.Summary)
		}
	}
	if diff := cmp.Diff([]string{"Invalid argument value", "Unknown attribute"}, static); diff != "" {
		t.Error("static:", diff)
	}
	if diff := cmp.Diff([]string{"Invalid function argument", "Invalid argument value"}, later); diff != "" {
		t.Error("later:", diff)
	}
}

// A local that cannot be evaluated fails every block that refers to it, and is told once by Validate.
func TestFailedLocal(t *testing.T) {
	s := load(t, `
locals {
  a = env("NOT_THERE")
  b = "x${local.a}"
}
auth "cloud" "one" {
  client_id     = local.b
  client_secret = "s"
}
auth "cloud" "two" {
  client_id     = local.b
  client_secret = local.a
}
`, Inputs{})
	if diags := s.Validate(); len(diags) != 1 {
		t.Error(diags)
	}
	for _, text := range []string{"auth.cloud.one", "auth.cloud.two"} {
		i := find(t, s, text)
		c, diags := s.Config(i)
		if c.Known || len(diags) != 1 || AboutOf(diags[0]).Addr != i.Addr {
			t.Errorf("%s: known %v, %v", text, c.Known, diags)
		}
	}
}

// Credentials become known while others are evaluated; run it with -race.
func TestConcurrency(t *testing.T) {
	s := load(t, `
locals {
  first = auth.cloud.a["x"].token
  all   = { for k, v in auth.cloud.a : k => v.application }
}
auth "cloud" "a" {
  for_each      = toset(["x", "y", "z"])
  client_id     = each.key
  client_secret = "s"
}
auth "cloud" "b" {
  count         = 3
  client_id     = join("-", values(local.all))
  client_secret = "${local.first}${auth.cloud.a["y"].token}"
}
output "all" {
  value     = [local.all, auth.cloud.a[*]]
  sensitive = true
}
`, Inputs{})
	var group sync.WaitGroup
	for round := range 50 {
		for _, key := range []string{"x", "y", "z"} {
			addr := find(t, s, fmt.Sprintf("auth.cloud.a[%q]", key)).Addr
			group.Go(func() {
				value := raw(fmt.Sprintf(`{"token":"t%d%s","application":"app%d"}`, round, key, round))
				if err := s.SetCredential(addr, value, now); err != nil {
					t.Error(err)
				}
			})
		}
		for _, i := range s.instances {
			group.Go(func() {
				if _, diags := s.Config(i); diags.HasErrors() {
					t.Error(diags)
				}
			})
		}
		group.Go(func() {
			if _, diags := s.Output("all"); diags.HasErrors() {
				t.Error(diags)
			}
		})
		group.Wait()
	}
	c, diags := s.Config(find(t, s, "auth.cloud.b[2]"))
	if diags.HasErrors() || string(c.Account["client_id"]) != `"app49-app49-app49"` || !strings.Contains(string(c.JSON), `"t49xt49y"`) {
		t.Errorf("after all: %v %s", diags, c.JSON)
	}
}
