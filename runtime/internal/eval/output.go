package eval

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/authrun/authrun/runtime/internal/eval/functions"
	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Output is an output with its value.
type Output struct {
	Name      string
	Sensitive bool
	Known     bool            // else Type and Value are nil
	Type      json.RawMessage // cty's JSON form
	Value     json.RawMessage
	Secrets   []string // every string in a sensitive value, for redaction

	Env      string      // name of the environment variable; empty: none
	File     string      // absolute path of the file to keep; empty: none
	FileMode fs.FileMode // its permissions
}

// OutputNames are the names of the outputs, sorted.
func (s *Scope) OutputNames() []string {
	names := make([]string, 0, len(s.flow.Outputs))
	for _, o := range s.flow.Outputs {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return names
}

// Output evaluates an output with what is known so far, and checks its preconditions. The diagnostics are about it (see [AboutOf]); beside
// errors it is not Known. It panics where the flow declares none of that name.
func (s *Scope) Output(name string) (Output, hcl.Diagnostics) {
	decl := s.flow.Outputs[slices.IndexFunc(s.flow.Outputs, func(o *flow.Output) bool { return o.Name == name })]
	o, diags := s.output(decl)
	if !diags.HasErrors() {
		for _, c := range decl.Preconditions {
			diags = append(diags, s.hold(c, "Precondition failed", place{only: noInstance})...)
		}
	}
	diags = append(diags, s.localDiags(references(decl.Value))...)
	if diags.HasErrors() {
		o.Known, o.Type, o.Value = false, nil, nil
	}
	return o, aboutOutput(diags, name)
}

// OutputRequires are the numbers of the instances that an output needs directly, or through locals only, in rising order.
func (s *Scope) OutputRequires(name string) []int {
	decl := s.flow.Outputs[slices.IndexFunc(s.flow.Outputs, func(o *flow.Output) bool { return o.Name == name })]
	refs := references(decl.Value)
	for _, c := range decl.Preconditions {
		refs = append(refs, references(c.Condition)...)
		refs = append(refs, references(c.ErrorMessage)...)
	}
	return s.instancesBehind(s.needs(refs))
}

func (s *Scope) output(decl *flow.Output) (Output, hcl.Diagnostics) {
	o := Output{Name: decl.Name, Sensitive: decl.Sensitive, FileMode: 0o600}
	p := place{only: noInstance}
	v, diags := s.evaluate(decl.Value, nil, p)
	v, marks := mark.Take(v)
	if marks.Sensitive() && !decl.Sensitive {
		diags = append(diags, s.wrong(decl.Value, "Output of a sensitive value", fmt.Sprintf("The value of output %q is sensitive, so the output must say "+
			"so: add sensitive = true. If the value is no secret, write nonsensitive(...) around it.", decl.Name)))
	}
	diags = append(diags, s.sinks(decl, &o)...)
	if v.IsWhollyKnown() && !diags.HasErrors() {
		ty, err := ctyjson.MarshalType(v.Type())
		if err != nil || !functions.Finite(v) {
			return o, append(diags, s.wrong(decl.Value, "Value cannot be put out", "This value has no JSON form."))
		}
		o.Known, o.Type, o.Value = true, ty, encode(v)
		if decl.Sensitive || marks.Sensitive() {
			o.Secrets = texts(v)
		}
	}
	return o, diags
}

var (
	envName  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) })
	fileMode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^0?[0-7]{3}$`) })
)

// sinks evaluates where an output goes beside the screen.
func (s *Scope) sinks(decl *flow.Output, o *Output) hcl.Diagnostics {
	t := tuner{s: s, p: place{only: noAuth}, c: &Config{}}
	if t.text(decl.Env, "env", &o.Env) && !envName().MatchString(o.Env) {
		t.wrong(decl.Env, "env", "the name of an environment variable: letters, digits and _, no digit first")
	}
	t.path(decl.File, "file", &o.File)
	if o.File != "" {
		o.File = filepath.Clean(o.File)
	}
	var mode string
	if t.text(decl.FileMode, "file_mode", &mode) {
		n, err := strconv.ParseUint(strings.TrimPrefix(mode, "0"), 8, 12)
		if err != nil || !fileMode().MatchString(mode) {
			t.wrong(decl.FileMode, "file_mode", "permissions as three octal digits, such as \"0600\"")
		}
		o.FileMode = fs.FileMode(n)
	}
	return t.diags
}
