package view

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/runtime/cli/internal/terminaltest"
)

// at makes a diagnostic about the part of code between the marks « and ».
func at(line int, code string, d runtime.Diagnostic) runtime.Diagnostic {
	start := strings.Index(code, "«")
	code = strings.Replace(code, "«", "", 1)
	end := strings.Index(code, "»")
	code = strings.Replace(code, "»", "", 1)
	context := ""
	if d.Snippet != nil {
		context = d.Snippet.Context
	}
	var values []runtime.Value
	if d.Snippet != nil {
		values = d.Snippet.Values
	}
	d.Snippet = &runtime.Snippet{Context: context, StartLine: line, Code: code, Start: start, End: end, Values: values}
	first := line + strings.Count(code[:start], "\n")
	d.Range = &runtime.Range{Filename: "flow.hcl", Start: runtime.Pos{Line: first, Column: 3}}
	if d.Severity == "" {
		d.Severity = runtime.SeverityError
	}
	return d
}

func TestDiagnostic(t *testing.T) {
	for _, test := range []struct {
		name    string
		d       runtime.Diagnostic
		columns int
		want    string
	}{
		{
			name: "in a block",
			d: at(12, `  «prot» = 8260`, runtime.Diagnostic{Summary: "Unsupported argument",
				Detail:  `An argument named "prot" is not expected here. Did you mean "port"?`,
				Snippet: &runtime.Snippet{Context: `auth "ippbx" "hq"`}}),
			want: `
Error: Unsupported argument
  flow.hcl:12:3, in auth "ippbx" "hq":

  12 |   prot = 8260
     |   ^^^^

  An argument named "prot" is not expected here. Did you mean "port"?
`,
		},
		{
			name: "an instance, with values, as a warning",
			d: at(9, `  port = «each.value + var.shift»`, runtime.Diagnostic{Severity: runtime.SeverityWarning, Summary: "Odd value",
				Address: `auth.ippbx.hq["环"]`, Snippet: &runtime.Snippet{Context: `auth "ippbx" "hq"`,
					Values: []runtime.Value{{Traversal: "var.shift", Statement: "is 70000"}, {Traversal: "each.value", Statement: "has a sensitive value"}}}}),
			want: `
Warning: Odd value
  flow.hcl:9:3, in auth.ippbx.hq["环"]:

  9 |   port = each.value + var.shift
    |          ^^^^^^^^^^^^^^^^^^^^^^
    | var.shift is 70000
    | each.value has a sensitive value
`,
		},
		{
			name: "wide characters and tabs",
			d:    at(3, "\t名称 = \"环信\" + \t«密钥👩‍👩‍👧» + x", runtime.Diagnostic{Summary: "Unknown name"}),
			want: `
Error: Unknown name
  flow.hcl:3:3:

  3 |     名称 = "环信" +     密钥👩‍👩‍👧 + x
    |                         ^^^^^^
`,
		},
		{
			name: "several lines",
			d:    at(99, "  retry «{\n\n    attempts = 0\n  }» # end", runtime.Diagnostic{Summary: "Bad block"}),
			want: `
Error: Bad block
  flow.hcl:99:3:

   99 |   retry {
      |         ^
  100 |
  101 |     attempts = 0
      |     ^^^^^^^^^^^^
  102 |   } # end
      |   ^
`,
		},
		{
			name: "something missing at the end of a line",
			d:    at(1, "x = «»", runtime.Diagnostic{Summary: "Missing expression"}),
			want: `
Error: Missing expression
  flow.hcl:1:3:

  1 | x =
    |     ^
`,
		},
		{
			name: "a place without length in the middle",
			d:    at(1, "x = «»)", runtime.Diagnostic{Summary: "Missing expression"}),
			want: `
Error: Missing expression
  flow.hcl:1:3:

  1 | x = )
    |     ^
`,
		},
		{
			name: "what could change the screen",
			d: at(1, "a = «\"\x1b[2Jboo\u202e\"»\r", runtime.Diagnostic{Summary: "Bad\x1b[1m", Detail: "Not \x07 good.\r\nAt all.",
				Address: "auth.a.b[\"\x1b\"]"}),
			want: `
Error: Bad�[1m
  flow.hcl:1:3, in auth.a.b["�"]:

  1 | a = "�[2Jboo�"
    |     ^^^^^^^^^^

  Not � good.�
  At all.
`,
		},
		{
			name: "a place that covers less than a character",
			d: runtime.Diagnostic{Severity: runtime.SeverityError, Summary: "Bad character", Range: &runtime.Range{Filename: "flow.hcl", Start: runtime.Pos{Line: 1, Column: 2}},
				Snippet: &runtime.Snippet{StartLine: 1, Code: "a环b", Start: 2, End: 3}},
			want: `
Error: Bad character
  flow.hcl:1:2:

  1 | a环b
    |  ^^
`,
		},
		{
			name: "no place, not wrapped in a pipe",
			d: runtime.Diagnostic{Severity: runtime.SeverityError, Summary: "Store does not work",
				Detail: "The store /var/lib/authrun/authrun.db cannot be opened: it is a folder; name a file. Nothing was sent to any vendor, since nothing could be recorded."},
			want: `
Error: Store does not work

  The store /var/lib/authrun/authrun.db cannot be opened: it is a folder; name a file. Nothing was sent to any vendor, since nothing could be recorded.
`,
		},
		{
			name:    "wrapped on a screen",
			columns: 40,
			d: runtime.Diagnostic{Severity: runtime.SeverityError, Summary: "Plugin not found", Address: "auth.x.y",
				Detail: "There is no plugin for the vendor \"x\", and 密钥也不能从任何地方读取。\n\nRun:\n  authrun apply flow.hcl --plugin-dir /opt/plugins"},
			want: `
Error: Plugin not found
  in auth.x.y:

  There is no plugin for the vendor "x",
  and 密钥也不能从任何地方读取。

  Run:
    authrun apply flow.hcl --plugin-dir /opt/plugins
`,
		},
		{
			name:    "a line wider than the screen",
			columns: 60,
			d: at(7, "  value = \""+strings.Repeat("0123456789", 20)+"${«var.nix»}"+strings.Repeat("abcdefghij", 20)+"\"",
				runtime.Diagnostic{Summary: "Unknown variable"}),
			want: `
Error: Unknown variable
  flow.hcl:7:3:

  7 | ...567890123456789${var.nix}abcdefghijabcdefghijabc...
    |                     ^^^^^^^
`,
		},
		{
			name: "many lines",
			d:    at(1, "«one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten»", runtime.Diagnostic{Summary: "Long"}),
			want: `
Error: Long
  flow.hcl:1:3:

   1 | one
     | ^^^
   2 | two
     | ^^^
   3 | three
     | ^^^^^
   4 | four
     | ^^^^
  ...
   7 | seven
     | ^^^^^
   8 | eight
     | ^^^^^
   9 | nine
     | ^^^^
  10 | ten
     | ^^^
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Diagnostic(test.d, terminal.Style{}, test.columns)
			if diff := cmp.Diff(strings.Split(test.want[1:], "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-want +got)\n%s\n%s", diff, got)
			}
		})
	}
}

func TestDiagnosticInColour(t *testing.T) {
	style := terminal.NewStream(terminaltest.New(80, 24), false).Style(true)
	got := Diagnostic(at(1, "a = «b»", runtime.Diagnostic{Summary: "Unknown name"}), style, 80)
	want := "\x1b[31mError: \x1b[0m\x1b[1mUnknown name\x1b[0m\n  flow.hcl:1:3:\n\n  1 | a = b\n    |     \x1b[31m^\x1b[0m\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// FuzzDiagnostic looks for code and marks that make the renderer fail, or let a control character through.
func FuzzDiagnostic(f *testing.F) {
	f.Add("a = 环\tb\r\n\x1b", 4, 7, 80)
	f.Add("", 0, 0, 0)
	f.Fuzz(func(t *testing.T, code string, start, end, columns int) {
		d := runtime.Diagnostic{Summary: "x", Range: &runtime.Range{Filename: "f"}, Snippet: &runtime.Snippet{StartLine: 1, Code: code, Start: start, End: end}}
		got := Diagnostic(d, terminal.Style{}, columns)
		if terminal.Visible(got) != got || strings.Contains(got, "\t") {
			t.Errorf("%q became %q", code, got)
		}
	})
}
