package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/internal/flow"
)

// EnvVar is an environment variable that a flow gives: an output that names one with `env`.
type EnvVar struct {
	Name      string
	Value     string // no zero byte is in it
	Sensitive bool
	Output    string // name of the output
}

// Environment makes valid what those outputs need that name an environment variable, and no more, and gives the variables in the order of their
// names. Either all of them are there or none: the error, [Diagnostics] where the flow, a vendor or a plugin is at fault, says why. events gets
// what happens, as with [Flow.Apply]. It is an error where no output names a variable.
func (f *Flow) Environment(ctx context.Context, opts ApplyOptions, events func(Event)) ([]EnvVar, error) {
	f = f.fork()
	f.describe(ctx)
	declared, diags := f.environment()
	if diags.HasErrors() {
		return nil, f.diagnose(diags)
	}
	needed := func(*apply) []int { return f.needs(declared) }
	if _, told, ok := f.atHand(ctx, opts, needed); ok && f.areKnown(declared) {
		for _, e := range told {
			if events != nil {
				events(e)
			}
		}
		vars, diags := f.variables(declared)
		if diags.HasErrors() {
			return nil, f.diagnose(diags)
		}
		return vars, nil
	}
	if missing := f.demand(ctx); missing.HasErrors() {
		return nil, f.diagnose(missing)
	}
	var told Diagnostics
	a := f.applying(opts, func(e Event) {
		if d, ok := e.(Diagnosed); ok {
			told = append(told, d.Diagnostic)
		}
		if events != nil {
			events(e)
		}
	})
	defer a.finish()
	needs := f.needs(declared)
	if err := a.satisfy(ctx, needs); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(needs, func(i int) bool { _, ok := a.valid[i]; return !ok }) {
		if err := ctx.Err(); err != nil && !told.HasErrors() {
			return nil, err
		}
		return nil, told
	}
	vars, diags := f.variables(declared)
	_, unwritten := a.writeFiles(a.isNew)
	diags = append(diags, unwritten...)
	a.tell(diags)
	if diags.HasErrors() {
		return nil, f.diagnose(diags)
	}
	return vars, nil
}

// satisfy checks the flow, and makes these instances valid, with what they need. Without any there is nothing to store, and no store is made.
func (a *apply) satisfy(ctx context.Context, needs []int) error {
	if len(needs) == 0 {
		diags := eval.Static(a.flow.check(ctx))
		a.tell(diags)
		if diags.HasErrors() {
			return a.flow.diagnose(diags)
		}
		return nil
	}
	if err := a.prepare(ctx); err != nil {
		return err
	}
	a.wanted = a.graph.Closure(needs...)
	a.walk(ctx)
	return nil
}

// declaredVar is an output that names an environment variable.
type declaredVar struct {
	name   string // empty: it cannot be evaluated
	output *flow.Output
}

// needs are the instances that the outputs of variables need directly.
func (f *Flow) needs(declared []declaredVar) []int {
	var needs []int
	for _, v := range declared {
		needs = append(needs, f.scope.OutputRequires(v.output.Name)...)
	}
	return needs
}

// areKnown tells whether all variables have a value, or a mistake to tell: none hangs on an input that is missing.
func (f *Flow) areKnown(declared []declaredVar) bool {
	for _, v := range declared {
		if o, diags := f.scope.Output(v.output.Name); !o.Known && !diags.HasErrors() {
			return false
		}
	}
	return true
}

// environment are the outputs that name an environment variable, in the order of these.
func (f *Flow) environment() ([]declaredVar, hcl.Diagnostics) {
	var declared []declaredVar
	var diags hcl.Diagnostics
	first := map[string]*flow.Output{}
	for _, decl := range f.model.Outputs {
		if decl.Env == nil {
			continue
		}
		o, _ := f.scope.Output(decl.Name) // its value comes later, and what is wrong with it
		if other := first[o.Env]; o.Env != "" && other != nil {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Duplicate environment variable",
				Detail: fmt.Sprintf("The output %q, at %s, names the environment variable %s already. Give each its own.", other.Name,
					other.Range, o.Env),
				Subject: decl.Env.Range().Ptr()})
			continue
		}
		first[o.Env] = decl
		declared = append(declared, declaredVar{o.Env, decl})
	}
	if len(declared) == 0 {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "No environment variables",
			Detail: "No output of the flow names an environment variable. Say in an output which one is to hold it:\n\n" +
				"  output \"token\" {\n    value     = auth.<vendor>.<name>.token\n    sensitive = true\n    env       = \"TOKEN\"\n  }"})
	}
	slices.SortFunc(declared, func(a, b declaredVar) int { return strings.Compare(a.name, b.name) })
	return declared, diags
}

// variables evaluates outputs whose needs are all valid.
func (f *Flow) variables(declared []declaredVar) ([]EnvVar, hcl.Diagnostics) {
	var vars []EnvVar
	var diags hcl.Diagnostics
	for _, v := range declared {
		o, more := f.scope.Output(v.output.Name)
		f.rt.secrets.Add(o.Secrets...)
		diags = append(diags, more...)
		if more.HasErrors() {
			continue
		}
		text, problem := plainText(o.Value)
		if problem != "" {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Not a value for an environment variable",
				Detail:  fmt.Sprintf("The environment variable %s cannot hold the value of the output %q: %s", v.name, o.Name, problem),
				Subject: v.output.Value.Range().Ptr()})
			continue
		}
		vars = append(vars, EnvVar{Name: v.name, Value: text, Sensitive: o.Sensitive, Output: o.Name})
	}
	return vars, diags
}

// plainText is a JSON value as an environment variable holds it, or in a sentence why none can.
func plainText(value json.RawMessage) (text, problem string) {
	if len(value) == 0 {
		return "", "it is not known. This is a bug in authrun."
	}
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	var parsed any
	if err := dec.Decode(&parsed); err != nil {
		return "", "it is no JSON. This is a bug in authrun."
	}
	switch v := parsed.(type) {
	case nil:
		return "", "it is null. Use coalesce() or a condition to give it a text."
	case string:
		text = v
	case json.Number:
		text = v.String()
	case bool:
		text = fmt.Sprint(v)
	default:
		return "", "it has parts. Write jsonencode(...) around it, or name one part."
	}
	if strings.ContainsRune(text, 0) {
		return "", "there is a zero byte in it, which ends a variable."
	}
	return text, ""
}
