package eval

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVariablesFromFiles(t *testing.T) {
	const flow = `
variable "plain" {
}
variable "list" {
  type = list(string)
}
output "all" {
  value = [var.plain, var.list]
}
`
	dir := write(t, map[string]string{"main.hcl": flow, "plain": "@first\n\n", "list": "[\"a\",\n \"b\"]\n"})
	s, diags := open(t, dir, Inputs{
		Vars:     []string{"plain=weaker", "list=[]"},
		VarsFrom: []string{"plain=-", "list=" + filepath.Join(dir, "list"), "plain=" + filepath.Join(dir, "plain")},
		Stdin:    strings.NewReader("from standard input\r\n"),
	})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if diff := cmp.Diff(`["@first\n",["a","b"]]`, value(t, s, "all")); diff != "" {
		t.Error(diff)
	}
	s, diags = open(t, dir, Inputs{VarsFrom: []string{"plain=-", "list=" + filepath.Join(dir, "list")}, Stdin: strings.NewReader("pass=word\r\n")})
	if len(diags) > 0 || value(t, s, "all") != `["pass=word",["a","b"]]` {
		t.Error(diags, value(t, s, "all"))
	}
}

// untouched fails the test where it is read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("standard input is read though nobody asks for it")
	return 0, io.EOF
}

func TestStandardInputIsLeftAlone(t *testing.T) {
	load(t, "variable \"x\" {\n}\noutput \"x\" {\n  value = var.x\n}\n", Inputs{Vars: []string{"x=-"}, Stdin: untouched{t}})
}

func TestWrongVariablesFrom(t *testing.T) {
	const flow = `
variable "secret" {
  type      = string
  sensitive = true
}
variable "other" {
  type    = list(string)
  default = []
}
`
	dir := write(t, map[string]string{"main.hcl": flow, "ok": "hunter2-secret", "bytes": "hunter2-\xff", "list": "[hunter2-secret",
		"large": strings.Repeat("x", maxVarFrom+1)})
	file := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Chmod(file("ok"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from  []string
		stdin string
		want  string
	}{
		"no path":       {from: []string{"secret="}, want: "--var-from NAME=PATH"},
		"a secret":      {from: []string{"hunter2-secret"}, want: "--var-from NAME=PATH"},
		"undeclared":    {from: []string{"secrt=-"}, want: `declares no variable of that name. Did you mean "secret"?`},
		"missing":       {from: []string{"secret=" + file("nothing")}, want: "gets its value from the file of --var-from: there is no file"},
		"a folder":      {from: []string{"secret=" + dir}, want: "is a folder"},
		"large":         {from: []string{"secret=" + file("large")}, want: "larger than 1 MiB"},
		"twice":         {from: []string{"secret=-", "other=-"}, stdin: "x", want: "one variable only"},
		"no UTF-8":      {from: []string{"secret=" + file("bytes")}, want: "bytes that are no UTF-8 text"},
		"no expression": {from: []string{"secret=" + file("list"), "other=" + file("list")}, want: `The value of the variable "other" from the file`},
		"exposed":       {from: []string{"secret=" + file("ok")}, want: "Other users of this machine may read"},
		"no input":      {from: []string{"secret=-"}, want: "from standard input: there is none"},
	} {
		t.Run(name, func(t *testing.T) {
			in := Inputs{VarsFrom: c.from, Env: environment(map[string]string{"AUTHRUN_VAR_secret": "x"})}
			if c.stdin != "" {
				in.Stdin = strings.NewReader(c.stdin)
			}
			_, diags := open(t, dir, in)
			said := ""
			for _, d := range diags {
				said += d.Summary + ": " + d.Detail + "\n"
			}
			if !strings.Contains(said, c.want) || strings.Contains(said, "hunter2") {
				t.Errorf("got %q, want %q", said, c.want)
			}
		})
	}
}
