package runtime_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	authrun "github.com/authrun/authrun/runtime"
)

const talk = all + `
variable "names" {
  default = ["a", "b.c"]
}
locals {
  company = upper(auth.sipauth.a.companyname)
  secret  = sensitive("opensesame")
}
auth "lingju" "many" {
  for_each = toset(var.names)
  base_url = var.lingju
  appkey   = "lingju-app-key"
  userid   = each.key == "a" ? "one" : "two"
}
`

func (s *stage) console(path string, do func(*authrun.Console)) {
	s.t.Helper()
	s.run(path, func(f *authrun.Flow) {
		c, diags := f.Console(context.Background())
		if diags.HasErrors() {
			s.t.Fatal(diags)
		}
		do(c)
	})
}

// TestConsole shows that a console knows what is stored, says what is not, and calls nobody.
func TestConsole(t *testing.T) {
	s := newStage(t)
	path := s.write(talk)
	s.console(path, func(c *authrun.Console) {
		value, unknown, diags := c.Evaluate("[local.company, auth.easemob.a.application]")
		if diff := cmp.Diff([]string{"auth.sipauth.a is not stored", "auth.easemob.a is not stored"}, unknown); len(diags) > 0 || diff != "" ||
			value != "[(not known yet), (not known yet)]" {
			t.Errorf("%s, %v (-want +got)\n%s", value, diags, diff)
		}
	})
	s.run(path, func(f *authrun.Flow) {
		if _, err := f.Credential(context.Background(), "auth.sipauth.a", authrun.ApplyOptions{}, nil); err != nil {
			t.Fatal(err)
		}
	})
	calls := s.calls()
	s.console(path, func(c *authrun.Console) {
		for text, want := range map[string]string{
			"1 + 1": "2", "local.company": `"TEST"`, "auth.sipauth.a.token": "(sensitive)", "local.secret": "(sensitive)",
			"[for n in var.names :\n upper(n)]": `["A", "B.C"]`,
		} {
			if got, _, diags := c.Evaluate(text); got != want || len(diags) > 0 {
				t.Errorf("%s is %s, %v", text, got, diags)
			}
		}
	})
	if s.calls() != calls {
		t.Errorf("the console called a vendor %d times", s.calls()-calls)
	}
}

func TestConsoleSaysWhatIsWrong(t *testing.T) {
	s := newStage(t)
	s.console(s.write(talk), func(c *authrun.Console) {
		for text, want := range map[string]string{
			"1 +":                    "Missing expression",
			"var.lost":               "Undeclared variable",
			"tonumber(local.secret)": "Invalid function argument",
			"x\x00":                  "Not a text file",
		} {
			value, _, diags := c.Evaluate(text)
			if value != "" || !diags.HasErrors() || diags[0].Summary != want || strings.Contains(diags.Error(), "opensesame") {
				t.Errorf("%q: %q and %v, want %q", text, value, diags, want)
				continue
			}
			if at := diags[0].Range; at == nil || at.Filename != "<console>" {
				t.Errorf("%q: at %v", text, at)
			}
			if snippet := diags[0].Snippet; want != "Not a text file" && (snippet == nil || snippet.Code != text) {
				t.Errorf("%q: shown as %+v", text, snippet)
			}
		}
		for text, want := range map[string]bool{"1": false, "[1": true, "(": true, "x[0]": false} {
			if got := c.GoesOn(text); got != want {
				t.Errorf("%q goes on: %t", text, got)
			}
		}
	})
}

func TestComplete(t *testing.T) {
	s := newStage(t)
	s.console(s.write(talk), func(c *authrun.Console) {
		for text, want := range map[string][]string{
			"":                       nil,
			"1 + ":                   nil,
			"v":                      {"values(", "var."},
			"upper(var.na":           {"var.names"},
			"${loc":                  {"local."},
			"local.":                 {"local.company", "local.secret"},
			"auth.si":                {"auth.sipauth."},
			"auth.lingju.":           {"auth.lingju.a", "auth.lingju.many["},
			"auth.lingju.many[":      {`auth.lingju.many["a"]`, `auth.lingju.many["b.c"]`},
			`auth.lingju.many["b.`:   {`auth.lingju.many["b.c"]`},
			`x[auth.lingju.many["b`:  {`auth.lingju.many["b.c"]`},
			"auth.sipauth.a.company": {"auth.sipauth.a.companycode", "auth.sipauth.a.companyname"},
			"auth.nobody.":           nil,
			"timest":                 {"timestamp("},
			"令":                      nil,
		} {
			from, words := c.Complete(text)
			if diff := cmp.Diff(want, words); diff != "" {
				t.Errorf("%q (-want +got)\n%s", text, diff)
			}
			for _, word := range words {
				if !strings.HasPrefix(word, text[from:]) {
					t.Errorf("%q: %q does not go on with %q", text, word, text[from:])
				}
			}
		}
	})
}

func TestNames(t *testing.T) {
	s := newStage(t)
	s.run(s.write(talk), func(f *authrun.Flow) {
		want := authrun.Names{
			Variables: []string{"easemob", "ekuaibao", "ippbx", "lingju", "names", "sipauth"},
			Addresses: []string{"auth.sipauth.a", "auth.easemob.a", "auth.ippbx.a", "auth.ekuaibao.a", "auth.lingju.a",
				`auth.lingju.many["a"]`, `auth.lingju.many["b.c"]`},
			Outputs: []string{"company", "pbx"},
		}
		if diff := cmp.Diff(want, f.Names()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}
