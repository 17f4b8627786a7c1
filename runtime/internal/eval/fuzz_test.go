package eval

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// shows tells whether what was said shows the secret of the fuzz tests.
func shows(diags hcl.Diagnostics) bool {
	for _, d := range diags {
		if strings.Contains(d.Summary+d.Detail, fuzzSecret) {
			return true
		}
		for _, fact := range Facts(d) {
			if strings.Contains(fact.Statement, fuzzSecret) {
				return true
			}
		}
	}
	return false
}

// Whatever stands in a file of variables, in a value on the command line or on standard input, there is no panic, and what is wrong with a
// sensitive variable is said without its value.
func FuzzVariables(f *testing.F) {
	f.Add("list = [1]\nobject = { a = 1, b = [\"x\"] }\n", "{a = 1}", "text")
	f.Add("\xef\xbb\xbflist = [\r\n1]\r\n", "[[[[", "\xff")
	f.Add("list = 1e99999999\nobject = null\n", "1e99999999", "x\n")
	f.Add("x {\n}\n", "${var.x}", "")
	const source = `
variable "list" {
  type    = list(number)
  default = []
}
variable "object" {
  type    = object({ a = optional(number, 1), b = optional(set(string)) })
  default = {}
}
variable "hidden" {
  sensitive = true
  type      = map(number)
  default   = {}
}
output "x" {
  value = [var.list, var.object]
}
`
	f.Fuzz(func(t *testing.T, file, option, input string) {
		dir := write(t, map[string]string{"main.hcl": source, "x.hclvars": file})
		for _, in := range []Inputs{
			{VarFiles: []string{filepath.Join(dir, "x.hclvars")}},
			{Vars: []string{"object=" + option, "hidden={" + fuzzSecret + " = \"" + fuzzSecret + "\"}" + option}},
			{VarsFrom: []string{"list=-"}, Stdin: strings.NewReader(input)},
		} {
			s, diags := open(t, dir, in)
			if _, more := s.Output("x"); shows(append(diags, more...)) {
				t.Error("the secret is shown")
			}
		}
	})
}

// Whatever expression is evaluated over a secret, what is said about it does not show the secret, and a value made of it is sensitive.
func FuzzEvaluate(f *testing.F) {
	for _, text := range []string{`tonumber(var.hidden)`, `var.hidden + 1`, `{ (var.hidden) = 1 }.x`, `jsondecode("[${var.hidden}")`,
		`[for x in [var.hidden, 1] : x + 1]`, `{ for x in [var.hidden, var.hidden] : x => 1 }`, `templatestring("$${x", { x = var.hidden })`,
		`try(var.hidden.x, file(var.hidden))`, `format("%d", var.hidden)`, `regex(var.hidden, "[")`, `yamldecode("*${var.hidden}")`,
		`formatdate("YYYY", var.hidden)`, `replace("x", "/(${var.hidden}/", "")`, `"%{ if var.hidden }x%{ endif }"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "nonsensitive") || strings.Contains(text, "issensitive") || flow.TooDeep([]byte(text), "x") != nil {
			return
		}
		expr, diags := hclsyntax.ParseExpression([]byte(text), "fuzz.hcl", hcl.InitialPos)
		if diags.HasErrors() || flow.TooLarge(expr, []byte(text)).HasErrors() {
			return
		}
		s := load(t, strings.TrimPrefix(hiddenVariable, "\n"), Inputs{Vars: []string{"fuzz_hidden=" + fuzzSecret}})
		s.vars["hidden"] = s.vars["fuzz_hidden"]
		v, diags := s.evaluate(expr, nil, place{only: noInstance})
		if shows(diags) {
			t.Error("the secret is shown:", diags)
		}
		if got := statement(v); strings.Contains(got, fuzzSecret) {
			t.Error("the value shows the secret:", got)
		}
	})
}
