package flow

import (
	"strings"
	"testing"
)

func TestExpression(t *testing.T) {
	for src, want := range map[string]string{
		"1 + 2":            "",
		"[\n  1,\n  2,\n]": "",
		"\"a ${var.x} b\"": "",
		"<<EOT\nx\nEOT":    "", "<<EOT\nx\nEOT\n": "",
		"":                               "Missing expression",
		"1 +":                            "Missing expression",
		"1 2":                            "Extra characters after expression",
		"a = 1":                          "Extra characters after expression",
		"(1":                             "Unbalanced parentheses",
		"\x00":                           "Not a text file",
		"1e99999999":                     "Number too large",
		"7e77777777777":                  "Invalid number literal",
		strings.Repeat("[", 100_000):     "Nested too deep",
		strings.Repeat("!", 1_000_000):   "Nested too deep",
		"[for x in [1] : x" + "\n]":      "",
		"{ a = 1\n  b = 2 }":             "",
		"true ? 1 : 2":                   "",
		"upper(\"a\")[0]":                "",
		"\"%{ if true }a%{ endif }\"":    "",
		"\"unclosed":                     "Unterminated template string",
		"auth.cloud.a[\"k\"].token == 1": "",
	} {
		expr, _, diags := Expression([]byte(src), "<console>")
		got := ""
		if diags.HasErrors() {
			got = diags[0].Summary
		}
		if got != want || (expr == nil) != (want != "") && want != "Number too large" {
			t.Errorf("%.40q: got %v, want %q", src, diags, want)
		}
	}
}

func TestGoesOn(t *testing.T) {
	for src, want := range map[string]bool{
		"1 + 2": false, "[1": true, "[1]": false, "f(": true, "f(\n1": true, "f(\n1)": false, "{": true, "\"a": false, "\"(\"": false,
		"\"${[": true, "\"${[1]": true, "\"${[1]}\"": false, "<<EOT": true, "<<EOT\nx": true, "<<EOT\nx\nEOT\n": false, "<<EOT\nx\nEOT": false, "<<-EOT\n  (": true, "f(<<EOT\nx\nEOT": true, ")": false, "])[": false,
		"# [": false, "1 # (": false, "\"%{ if true": true, "": false,
	} {
		if got := GoesOn([]byte(src)); got != want {
			t.Errorf("%q: got %t", src, got)
		}
	}
}
