package eval

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
)

const consoleFlow = `
variable "list" {
  type    = list(string)
  default = ["a", "b"]
}
variable "secret" {
  type      = string
  sensitive = true
  default   = "opensesame"
}
locals {
  upper = [for v in var.list : upper(v)]
  token = auth.cloud.a.token
  both  = { plain = 1, hidden = var.secret }
}
auth "cloud" "a" {
  client_id     = "a"
  client_secret = "s"
}
auth "cloud" "b" {
  for_each      = toset(["x", "y"])
  client_id     = each.key
  client_secret = "s"
}
`

func TestConsole(t *testing.T) {
	s := load(t, consoleFlow, Inputs{})
	known := find(t, s, "auth.cloud.a").Addr
	value := json.RawMessage(`{"token": "t0ken-value", "access_token": "t0ken-value", "expires_in": 7, "application": "app"}`)
	if err := s.SetCredential(known, value, time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	for src, want := range map[string]string{
		"1 + 2":                          "3",
		"var.list":                       `["a", "b"]`,
		"local.upper[1]":                 `"B"`,
		"var.secret":                     "(sensitive)",
		`"x${var.secret}"`:               "(sensitive)",
		"nonsensitive(var.secret)":       `"opensesame"`,
		"local.both":                     "{ hidden = (sensitive), plain = 1 }",
		"toset(var.list)":                `toset(["a", "b"])`,
		"auth.cloud.a.application":       `"app"`,
		"auth.cloud.a.expires_at":        `"2026-03-01T13:00:00Z"`,
		"auth.cloud.a.token":             "(sensitive)",
		"local.token":                    "(sensitive)",
		"[for k, b in auth.cloud.b : k]": `["x", "y"]`,
		`auth.cloud.b["x"].token`:        "(sensitive)",
		"auth.cloud.a": `{
  access_token = (sensitive)
  application  = "app"
  expires_at   = "2026-03-01T13:00:00Z"
  expires_in   = 7
  token        = (sensitive)
}`,
		`auth.cloud.b["y"].expires_in`: "(not known yet)",
		"auth.cloud.c":                 "! Undeclared auth block",
		`auth.cloud.b["z"]`:            "! No such instance",
		"var.lost":                     "! Undeclared variable",
		"each.key":                     "! Misplaced reference",
		"self":                         "! Misplaced reference",
		"nope(1)":                      "! Call to unknown function",
		"tonumber(var.secret)":         "! Invalid function argument",
	} {
		e, _, diags := flow.Expression([]byte(src), "<console>")
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		v, diags := s.Expression(e)
		got := Show(v)
		if diags.HasErrors() {
			got = "! " + diags[0].Summary
		}
		if strings.Contains(got+diags.Error(), "t0ken") || strings.Contains(diags.Error(), "opensesame") {
			t.Errorf("%s leaks: %s %v", src, got, diags)
		}
		if got != want {
			t.Errorf("%s: got %s (%v), want %s", src, got, diags, want)
		}
	}
}

func TestExpressionRequires(t *testing.T) {
	s := load(t, consoleFlow, Inputs{})
	e, _, _ := flow.Expression([]byte(`[local.token, auth.cloud.b["y"].token, var.list]`), "<console>")
	if diff := cmp.Diff([]int{0, 2}, s.ExpressionRequires(e)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestExpressionLacks(t *testing.T) {
	s := load(t, `
variable "set" {
  default = 1
}
variable "b" {
}
variable "a" {
}
locals {
  one = [var.b, local.two, var.set]
  two = [local.one, var.a]
}
`, Inputs{NoInputs: true})
	for src, want := range map[string][]string{"local.one": {"a", "b"}, "[var.b, var.b]": {"b"}, "var.set": nil, "var.lost": nil} {
		e, _, _ := flow.Expression([]byte(src), "<console>")
		if diff := cmp.Diff(want, s.ExpressionLacks(e)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", src, diff)
		}
	}
}

func TestNames(t *testing.T) {
	s := load(t, consoleFlow, Inputs{})
	got := map[string][]string{"variables": s.VariableNames(), "locals": s.LocalNames(), "addresses": addrs(s.Addresses()),
		"attributes": s.AttributeNames("cloud"), "none": s.AttributeNames("nobody")}
	want := map[string][]string{"variables": {"list", "secret"}, "locals": {"both", "token", "upper"}, "none": nil,
		"addresses":  {"auth.cloud.a", `auth.cloud.b["x"]`, `auth.cloud.b["y"]`},
		"attributes": {"access_token", "application", "expires_at", "expires_in", "token"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if functions := strings.Join(s.FunctionNames(), " "); !strings.Contains(functions, "try") || !strings.Contains(functions, "upper") {
		t.Errorf("functions: %s", functions)
	}
}

func TestShow(t *testing.T) {
	secret := cty.StringVal("opensesame").Mark(mark.Sensitive)
	long := cty.StringVal(strings.Repeat("long ", 10))
	for _, c := range []struct {
		value cty.Value
		want  string
	}{
		{cty.NullVal(cty.String), "null"},
		{cty.UnknownVal(cty.Number), "(not known yet)"},
		{cty.DynamicVal, "(not known yet)"},
		{cty.StringVal("a\n\"${b}\"\t\\ 令牌"), `"a\n\"$${b}\"\t\\ 令牌"`},
		{cty.NumberFloatVal(0.1), "0.1"},
		{cty.MustParseNumberVal("123456789012345678901234567890"), "123456789012345678901234567890"},
		{cty.MustParseNumberVal("1e300"), "1e+300"},
		{cty.True, "true"},
		{cty.EmptyTupleVal, "[]"},
		{cty.EmptyObjectVal, "{}"},
		{cty.ListValEmpty(cty.String), "[]"},
		{cty.SetVal([]cty.Value{secret}), "(sensitive)"},
		{cty.TupleVal([]cty.Value{secret, cty.StringVal("x").Mark(mark.Changed)}), `[(sensitive), "x"]`},
		{cty.ObjectVal(map[string]cty.Value{"a b": cty.Zero, "c": secret}), `{ "a b" = 0, c = (sensitive) }`},
		{cty.TupleVal([]cty.Value{long, long}), "[\n  \"" + strings.Repeat("long ", 10) + "\",\n  \"" + strings.Repeat("long ", 10) + "\",\n]"},
		{cty.ObjectVal(map[string]cty.Value{"x": cty.MapVal(map[string]cty.Value{"k": long, "l": long})}),
			"{\n  x = {\n    k = \"" + strings.Repeat("long ", 10) + "\"\n    l = \"" + strings.Repeat("long ", 10) + "\"\n  }\n}"},
	} {
		if diff := cmp.Diff(c.want, Show(c.value)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}
