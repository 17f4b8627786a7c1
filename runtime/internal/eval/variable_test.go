package eval

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// value is the JSON of an output.
func value(t *testing.T, s *Scope, name string) string {
	t.Helper()
	o, diags := s.Output(name)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return string(o.Value)
}

func TestVariablesInOrderOfForce(t *testing.T) {
	const flow = `
variable "v" {
  default = "default"
}
output "v" {
  value = var.v
}
`
	files := map[string]string{"main.hcl": flow}
	in := Inputs{}
	check := func(want string) {
		t.Helper()
		dir := write(t, files)
		with := in
		for i, file := range in.VarFiles {
			with.VarFiles[i] = filepath.Join(dir, filepath.Base(file))
		}
		s, diags := open(t, dir, with)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		if got := value(t, s, "v"); got != `"`+want+`"` {
			t.Errorf("got %s, want %q", got, want)
		}
	}
	check("default")
	in.Env = environment(map[string]string{"AUTHRUN_VAR_v": "environment"})
	check("environment")
	files["a.auto.hclvars"] = `v = "first file"`
	check("first file")
	files["b.auto.hclvars.json"] = `{"v": "second file"}`
	check("second file")
	files["one.hclvars"], files["two.hclvars"] = `v = "one"`, `v = "two"`
	in.VarFiles = []string{"one.hclvars", "two.hclvars"}
	check("two")
	in.Vars = []string{"v=x", "v=option=last"}
	check("option=last")
}

func TestVariableTypes(t *testing.T) {
	s := load(t, `
variable "n" {
  type = number
}
variable "list" {
  type = list(object({ name = string, port = optional(number, 80) }))
}
variable "any" {
}
variable "filled" {
  default  = "x"
  nullable = false
}
output "all" {
  value = [var.n, var.list, var.any, var.filled]
}
`, Inputs{Vars: []string{"n=12", `list=[{name = "a"}, {name = "b", port = 1}]`, "any=[1]"}})
	if diff := cmp.Diff(`[12,[{"name":"a","port":80},{"name":"b","port":1}],"[1]","x"]`, value(t, s, "all")); diff != "" {
		t.Error(diff)
	}
}

func TestWrongInputs(t *testing.T) {
	const flow = `
variable "list" {
  type    = list(string)
  default = []
}
variable "secret" {
  type      = number
  default   = 1
  sensitive = true
}
`
	for name, c := range map[string]struct {
		files map[string]string
		in    Inputs
		want  string
	}{
		"undeclared option": {in: Inputs{Vars: []string{"lst=[]"}}, want: `--var sets "lst", but the flow declares no variable of that name. Did you mean "list"?`},
		"no equals sign":    {in: Inputs{Vars: []string{"hunter2-secret"}}, want: `A variable is set with --var NAME=VALUE`},
		"no expression":     {in: Inputs{Vars: []string{"list=[hunter2-secret"}}, want: `The value of the variable "list" from --var is no expression`},
		"sensitive":         {in: Inputs{Vars: []string{"secret=hunter2-secret"}}, want: `The value of the variable "secret" from --var does not fit: a number is required`},
		"undeclared in file": {files: map[string]string{"x.auto.hclvars": "lsit = []"},
			want: `This file sets "lsit", but the flow declares no variable of that name. Did you mean "list"?`},
		"missing file":       {in: Inputs{VarFiles: []string{"/no/such.hclvars"}}, want: `There is no file or folder "/no/such.hclvars"`},
		"expression in file": {files: map[string]string{"x.auto.hclvars": "list = [var.x]"}, want: `Variables may not be used here`},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"main.hcl": flow, "out.hcl": "output \"x\" {\n  value = 1\n}\n"}
			for name, text := range c.files {
				files[name] = text
			}
			_, diags := open(t, write(t, files), c.in)
			if len(diags) != 1 || !strings.Contains(diags[0].Detail, c.want) {
				t.Fatalf("got %v, want %q", diags, c.want)
			}
			if strings.Contains(diags[0].Detail+diags[0].Summary, "hunter2") {
				t.Error("the message shows the value:", diags[0].Detail)
			}
		})
	}
}

func TestNoInputs(t *testing.T) {
	const flow = `
variable "secret" {
  sensitive = true
}
variable "count" {
  type = number
}
auth "cloud" "im" {
  client_id     = env("CLIENT")
  client_secret = var.secret
}
auth "cloud" "several" {
  count         = var.count
  client_id     = "a"
  client_secret = "s"
}
output "several" {
  value = auth.cloud.several[1].application
}
output "secret" {
  value = var.secret
}
`
	s := load(t, flow, Inputs{NoInputs: true})
	diags := s.Validate()
	if len(diags) != 1 || diags[0].Summary != "Output of a sensitive value" {
		t.Fatal(diags)
	}
	if c, _ := s.Config(find(t, s, "auth.cloud.im")); c.Known {
		t.Error("a configuration without inputs is known")
	}
}

func TestRequiredVersion(t *testing.T) {
	const flow = "authrun {\n  required_version = %q\n}\noutput \"x\" {\n  value = 1\n}\n"
	for _, c := range []struct {
		constraint, version string
		ok                  bool
	}{
		{">= 0.1", "0.1.0+dev.abc", true},
		{">= 0.2", "0.1.0+dev.abc", false},
		{"~> 0.1", "0.9.3", true},
		{">= 0.1, < 0.2", "0.2.0", false},
	} {
		s := load(t, strings.Replace(flow, "%q", `"`+c.constraint+`"`, 1), Inputs{Version: c.version})
		if diags := s.Validate(); diags.HasErrors() == c.ok {
			t.Errorf("%s with %s: %v", c.constraint, c.version, diags)
		}
	}
}
