package eval

import (
	"fmt"

	"github.com/authrun/authrun/runtime/internal/eval/functions"
	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// variable is a declared variable with its value.
type variable struct {
	decl  *flow.Variable
	value cty.Value // converted and marked; unknown where it is missing or wrong
	from  *given    // nil: the default, or none
}

// given is a value for a variable from outside.
type given struct {
	value  cty.Value
	text   string         // where it came as text: of --var or the environment
	expr   hcl.Expression // where it came from a file
	source string         // for messages: "--var", "AUTHRUN_VAR_x", a file name
}

// loadVariables gives every declared variable its value: of its sources the strongest one.
func (s *Scope) loadVariables() hcl.Diagnostics {
	names := make([]string, 0, len(s.flow.Variables))
	for _, decl := range s.flow.Variables {
		s.vars[decl.Name] = &variable{decl: decl}
		names = append(names, decl.Name)
	}
	diags := s.gather(names)
	for _, decl := range s.flow.Variables {
		diags = append(diags, s.resolve(s.vars[decl.Name])...)
	}
	for _, decl := range s.flow.Variables {
		diags = append(diags, s.validateVariable(decl)...)
	}
	return diags
}

// resolve decides a variable's value.
func (s *Scope) resolve(v *variable) hcl.Diagnostics {
	decl := v.decl
	raw, at := cty.NilVal, decl.Range
	var diags hcl.Diagnostics
	switch {
	case v.from != nil:
		raw = v.from.value
		if v.from.expr != nil {
			at = v.from.expr.Range()
		}
	case decl.Default != nil:
		at = decl.Default.Range()
		raw, diags = decl.Default.Value(nil)
		if s.changedSource(decl.Default) && !diags.HasErrors() {
			raw = raw.Mark(mark.Changed)
		}
	case s.in.NoInputs:
		raw = cty.UnknownVal(cty.DynamicPseudoType)
	default:
		diags = diags.Append(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Variable not set",
			Detail: fmt.Sprintf("The variable %q has no default, so it must be set: with --var %s=..., in a --var-file, or in the "+
				"environment as AUTHRUN_VAR_%s.", decl.Name, decl.Name, decl.Name),
			Subject: decl.Range.Ptr(),
		})
	}
	v.value = cty.UnknownVal(decl.Type.WithoutOptionalAttributesDeep())
	if !diags.HasErrors() {
		value, problem := fit(raw, decl)
		if problem == "" {
			v.value = value
		} else {
			detail := fmt.Sprintf("The value of the variable %q does not fit: %s.", decl.Name, problem)
			if v.from != nil {
				detail = fmt.Sprintf("The value of the variable %q from %s does not fit: %s.", decl.Name, v.from.source, problem)
			}
			diags = diags.Append(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Wrong variable value", Detail: detail, Subject: at.Ptr()})
		}
	}
	if decl.Sensitive {
		v.value = v.value.Mark(mark.Sensitive)
	}
	return diags
}

// fit makes a value what the declaration says, or tells why it cannot be.
func fit(raw cty.Value, decl *flow.Variable) (value cty.Value, problem string) {
	if decl.Defaults != nil && !raw.IsNull() {
		raw = decl.Defaults.Apply(raw)
	}
	value, err := convert.Convert(raw, decl.Type)
	if err != nil {
		return cty.NilVal, conversionProblem(err)
	}
	if !functions.Finite(value) {
		return cty.NilVal, "it holds a number too large for any program"
	}
	if !decl.Nullable && value.IsNull() {
		if decl.Default == nil {
			return cty.NilVal, "it is null, and the variable is declared nullable = false"
		}
		fallback, diags := decl.Default.Value(nil)
		if diags.HasErrors() || fallback.IsNull() {
			return cty.NilVal, "it is null, and the variable is declared nullable = false"
		}
		return fit(fallback, decl)
	}
	return value, ""
}

// validateVariable checks the variable's own conditions. They see variables only.
func (s *Scope) validateVariable(decl *flow.Variable) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, c := range decl.Validations {
		diags = append(diags, s.hold(c, "Invalid variable value", place{only: onlyVars})...)
	}
	return diags
}
