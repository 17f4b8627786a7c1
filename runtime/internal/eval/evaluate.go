package eval

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// place is where an expression stands: what it may refer to.
type place struct {
	inst *Instance // nil: not in an auth block
	self cty.Value // NilVal: not in a postcondition
	only only
}

// only limits what may be referred to.
type only int

const (
	anything   only = iota
	noInstance      // no each, count and self
	noAuth          // no auth either, not even through a local
	onlyVars        // nothing but variables
)

// evaluate gives an expression its value. refs are its references, where the caller has them, else nil. An expression that refers to what is
// not there is not evaluated; its value is unknown, so that nothing else is said about it.
func (s *Scope) evaluate(e hcl.Expression, refs []flow.Reference, p place) (cty.Value, hcl.Diagnostics) {
	if refs == nil {
		refs = flow.References(e.Variables())
	}
	if diags := s.check(refs, p); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return s.value(e, s.context(refs, p))
}

// value evaluates an expression whose references are checked.
func (s *Scope) value(e hcl.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Value(ctx)
	for _, d := range diags {
		hideKey(d)
		if d.Severity == hcl.DiagError {
			later(d)
		}
	}
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return v, diags
}

// hideKey takes the key out of HCL's message about a duplicate key, which shows it even where it is sensitive.
func hideKey(d *hcl.Diagnostic) {
	if d.Summary == "Duplicate object key" {
		d.Detail = "Two elements of this 'for' expression have the same key (not shown here, since it may be sensitive). Make the keys " +
			"different, or group the values with \"...\" behind the value."
	}
}

// typed evaluates an expression to a value of a type, which a message calls by its name.
func (s *Scope) typed(e hcl.Expression, ty cty.Type, name string, p place) (cty.Value, hcl.Diagnostics) {
	refs := flow.References(e.Variables())
	v, diags := s.evaluate(e, refs, p)
	diags = append(diags, s.localDiags(refs)...)
	if diags.HasErrors() {
		return cty.UnknownVal(ty), diags
	}
	converted, err := convert.Convert(v, ty)
	if err != nil {
		d := s.wrong(e, "Wrong value type", fmt.Sprintf("The argument %q does not fit: %s.", name, conversionProblem(err)))
		if !constant(e) {
			later(d)
		}
		return cty.UnknownVal(ty), append(diags, d)
	}
	return converted, diags
}

// context is what an expression sees: the functions, and exactly what its references name.
func (s *Scope) context(refs []flow.Reference, p place) *hcl.EvalContext {
	ctx := s.root.NewChild()
	ctx.Variables = make(map[string]cty.Value)
	vars, locals := make(map[string]cty.Value), make(map[string]cty.Value)
	var auths *authView
	for _, ref := range refs {
		switch ref.Kind {
		case flow.RefVar:
			if v := s.vars[ref.Name]; v != nil {
				vars[ref.Name] = v.value
			}
		case flow.RefLocal:
			if l := s.locals[ref.Name]; l != nil {
				locals[ref.Name], _, _ = s.get(l)
			}
		case flow.RefAuth:
			if auths == nil {
				auths = newAuthView()
			}
			s.show(auths, ref)
		}
	}
	if len(vars) > 0 {
		ctx.Variables["var"] = cty.ObjectVal(vars)
	}
	if len(locals) > 0 {
		ctx.Variables["local"] = cty.ObjectVal(locals)
	}
	if auths != nil {
		ctx.Variables["auth"] = auths.object()
	}
	if p.inst != nil && p.inst.each != cty.NilVal {
		ctx.Variables["each"] = p.inst.each
	}
	if p.inst != nil && p.inst.count != cty.NilVal {
		ctx.Variables["count"] = p.inst.count
	}
	if p.self != cty.NilVal {
		ctx.Variables["self"] = p.self
	}
	return ctx
}

// hold checks a condition. One that is not known yet holds for now. The condition is tested without its marks, and a sensitive message is
// not shown.
func (s *Scope) hold(c *flow.Condition, summary string, p place) hcl.Diagnostics {
	v, diags := s.typed(c.Condition, cty.Bool, "condition", p)
	if diags.HasErrors() {
		return diags
	}
	v, _ = v.UnmarkDeep()
	switch {
	case v.IsNull():
		return append(diags, s.wrong(c.Condition, summary, "The condition is null; it must be true or false."))
	case !v.IsKnown() || v.True():
		return diags
	}
	message, messageDiags := s.typed(c.ErrorMessage, cty.String, "error_message", p)
	diags = append(diags, messageDiags...)
	sensitive := mark.IsSensitive(message)
	message, _ = message.UnmarkDeep()
	text := "The condition does not hold. (Its message is sensitive and not shown.)"
	switch {
	case message.IsNull() || !message.IsKnown():
		text = "The condition does not hold."
	case !sensitive:
		text = message.AsString()
	}
	d := s.wrong(c.Condition, summary, text)
	d.Expression, d.EvalContext = c.Condition, s.context(flow.References(c.Condition.Variables()), p)
	return append(diags, later(d))
}

// wrong makes an error about an expression.
func (s *Scope) wrong(e hcl.Expression, summary, detail string) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: e.Range().Ptr()}
}

// conversionProblem says in words why a value has the wrong type, with the way to the part at fault.
func conversionProblem(err error) string {
	var at cty.PathError
	if !errors.As(err, &at) || len(at.Path) == 0 {
		return err.Error()
	}
	return "at " + pathString(at.Path) + ", " + err.Error()
}

// pathString writes the way into a value as a flow's author would: list[0].name.
func pathString(path cty.Path) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			b.WriteString("." + step.Name)
		case cty.IndexStep:
			switch {
			case step.Key.IsKnown() && step.Key.Type() == cty.String:
				b.WriteString("[" + strconv.Quote(step.Key.AsString()) + "]")
			case step.Key.IsKnown() && step.Key.Type() == cty.Number:
				b.WriteString("[" + step.Key.AsBigFloat().Text('f', -1) + "]")
			default:
				b.WriteString("[...]")
			}
		}
	}
	return strings.TrimPrefix(b.String(), ".")
}
