package eval

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/authrun/authrun/runtime/internal/eval/functions"
	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/sdk"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// setting is an argument with the value that a flow gives it.
type setting struct {
	arg   *argument
	attr  *hcl.Attribute // nil: the flow does not set it
	value cty.Value      // without marks; the default where the flow sets none; null where there is neither
	marks mark.Set
	set   bool // the flow sets it to something that is not null

	supposed bool // the value is a stand-in
}

// known tells whether the value is known in all its parts.
func (st setting) known() bool { return st.value.IsWhollyKnown() }

// sensitive tells whether nobody may see the value, by the schema or by where it comes from.
func (st setting) sensitive() bool { return st.arg.Sensitive || st.marks.Sensitive() }

// volatile tells whether a changed value leaves a living credential as it is. What comes from a sensitive attribute of another auth block
// is volatile by itself: it changes whenever that one is renewed.
func (st setting) volatile() bool {
	return st.arg.Volatile || !st.arg.Account && len(st.marks.Secrets()) > 0
}

// argument evaluates one argument and checks it against the rules that concern it alone.
func (s *Scope) argument(arg *argument, attr *hcl.Attribute, ctx *hcl.EvalContext, p place) (setting, hcl.Diagnostics) {
	st := setting{arg: arg, attr: attr, value: arg.fallback}
	if attr == nil {
		return st, nil
	}
	var diags hcl.Diagnostics
	if arg.Deprecated != "" {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Deprecated argument",
			Detail: fmt.Sprintf("The argument %q is deprecated: %s", arg.Name, arg.Deprecated), Subject: attr.NameRange.Ptr()})
	}
	st.value = cty.UnknownVal(arg.ty)
	refs := references(attr.Expr)
	if problems := s.check(refs, p); problems.HasErrors() {
		return st, append(diags, problems...)
	}
	v, problems := s.value(attr.Expr, ctx)
	diags = append(diags, problems...)
	if problems.HasErrors() {
		return st, diags
	}
	if s.changedSource(attr.Expr) {
		v = v.Mark(mark.Changed)
	}
	v, st.marks = mark.Take(v)
	converted, err := convert.Convert(v, arg.ty)
	if err != nil {
		return st, append(diags, s.unfit(st, "Wrong argument type", "needs %s: %s.", friendly(arg.ty), conversionProblem(err)))
	}
	switch {
	case s.supposing && !converted.IsWhollyKnown():
		st.value, st.set, st.supposed = s.supposed(arg, attr, p), true, true
	case converted.IsNull():
		st.value = arg.fallback
	default:
		st.value, st.set = converted, true
		diags = append(diags, s.checkMarks(st)...)
		if !s.supposing { // what was supposed may have gone into it
			diags = append(diags, s.checkRules(st)...)
		}
	}
	if st.value.IsNull() && arg.Required {
		diags = append(diags, s.unfit(st, "Missing argument", "is required, but its value is null."))
	}
	for _, d := range diags {
		d.Expression, d.EvalContext = attr.Expr, ctx
	}
	return st, diags
}

// unfit makes an error about an argument's value. It depends on values unless the expression is a constant.
func (s *Scope) unfit(st setting, summary, detail string, args ...any) *hcl.Diagnostic {
	d := s.wrong(st.attr.Expr, summary, fmt.Sprintf("The argument %q ", st.arg.Name)+fmt.Sprintf(detail, args...))
	if !constant(st.attr.Expr) {
		later(d)
	}
	return d
}

// constant tells whether an expression has a value without any reference and function.
func constant(e hcl.Expression) bool {
	_, diags := e.Value(nil)
	return !diags.HasErrors()
}

// checkMarks says what is wrong with where a value comes from.
func (s *Scope) checkMarks(st setting) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if st.marks.Changed() {
		diags = append(diags, s.unfit(st, "Text changed by normalisation", "holds characters that are kept in another form than they are written "+
			"in (Unicode NFC), so the vendor would get other bytes than its author meant. Type the composed characters, or give the bytes in "+
			"another way that the vendor accepts."))
	}
	if functions := st.marks.Fleeting(); len(functions) > 0 && !st.arg.Volatile {
		diags = append(diags, s.wrong(st.attr.Expr, "Value changes at each run", fmt.Sprintf("The argument %q is made with %s(), so each run would "+
			"be another configuration and would acquire a new credential. Use a fixed value.", st.arg.Name, strings.Join(functions, "() and "))))
	}
	if secrets := st.marks.Secrets(); st.arg.Account && len(secrets) > 0 {
		diags = append(diags, s.wrong(st.attr.Expr, "Account depends on a secret", fmt.Sprintf("The argument %q says which account at the vendor is "+
			"meant, so it may refer to insensitive attributes of other auth blocks only; this comes from a sensitive one of %s.",
			st.arg.Name, list(secrets))))
	}
	for _, path := range st.marks.Exposed() {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Secret file readable by others",
			Detail:  fmt.Sprintf("Other users of this machine may read %q. Take that right from them: chmod 600 %s", path, path),
			Subject: st.attr.Expr.Range().Ptr()})
	}
	return diags
}

// checkRules holds a known value against the schema's rules.
func (s *Scope) checkRules(st setting) hcl.Diagnostics {
	arg := st.arg
	if !st.known() {
		return nil
	}
	if !functions.Finite(st.value) {
		return hcl.Diagnostics{s.unfit(st, "Number out of range", "is a number too large for any program.")}
	}
	var problem string
	switch {
	case arg.ty == cty.Number:
		problem = numberProblem(arg.Attribute, st.value)
	case arg.ty == cty.String:
		problem = textProblem(arg, st.value.AsString())
	}
	if problem == "" && len(arg.oneOf) > 0 && !slices.ContainsFunc(arg.oneOf, st.value.RawEquals) {
		problem = "must be " + choices(arg.oneOf)
	}
	if problem == "" {
		return nil
	}
	if !st.sensitive() {
		problem += ", not " + shownValue(st.value)
	}
	return hcl.Diagnostics{s.unfit(st, "Invalid argument value", "%s.", problem)}
}

// numberProblem says what rule a number breaks.
func numberProblem(a sdk.Attribute, v cty.Value) string {
	n := v.AsBigFloat()
	f, _ := n.Float64()
	switch {
	case a.Whole && !n.IsInt():
		return "must be a whole number"
	case a.Min != nil && a.Max != nil && (f < *a.Min || f > *a.Max):
		return fmt.Sprintf("must be a number from %s to %s", decimal(*a.Min), decimal(*a.Max))
	case a.Min != nil && f < *a.Min:
		return "must be at least " + decimal(*a.Min)
	case a.Max != nil && f > *a.Max:
		return "must be at most " + decimal(*a.Max)
	}
	return ""
}

// textProblem says what rule a string breaks.
func textProblem(arg *argument, text string) string {
	switch {
	case arg.Required && text == "":
		return "must not be empty"
	case arg.Endpoint:
		if problem := endpointProblem(text); problem != "" {
			return problem
		}
	case arg.Format == "duration":
		if d, err := sdk.ParseDuration(text); err != nil || d < 0 {
			return "must be a duration such as \"90s\", \"36h\" or \"30d\""
		}
	}
	switch {
	case arg.match != nil && !arg.match.MatchString(text):
		if arg.Hint != "" {
			return "has the wrong form: " + strings.TrimSuffix(arg.Hint, ".")
		}
		return fmt.Sprintf("must match the regular expression %s", arg.Match)
	}
	return ""
}

// endpointProblem says why a text is no address of a vendor.
func endpointProblem(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "must be a URL such as \"https://example.com\""
	case u.Scheme != "http" && u.Scheme != "https":
		return "must be a URL that starts with http:// or https://"
	case u.Hostname() == "":
		return "must be a URL with a host, such as \"https://example.com\""
	case u.User != nil:
		return "must be a URL without user name and password; give these in arguments of their own"
	case u.Fragment != "" || strings.Contains(text, "#"):
		return "must be a URL without a fragment (\"#...\")"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "must be a URL whose port is from 1 to 65535"
		}
	}
	return ""
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// choices writes the values that are allowed.
func choices(values []cty.Value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = shownValue(v)
	}
	if len(texts) == 1 {
		return texts[0]
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " or " + texts[len(texts)-1]
}

// shownValue writes an insensitive value for a message, cut where it is long.
func shownValue(v cty.Value) string {
	text := []rune(string(encode(v)))
	if len(text) > 80 {
		return string(text[:80]) + "..."
	}
	return string(text)
}

// friendly names a type for a message.
func friendly(ty cty.Type) string {
	switch ty {
	case cty.String:
		return "a string"
	case cty.Number:
		return "a number"
	case cty.Bool:
		return "true or false"
	}
	return "a " + ty.FriendlyNameForConstraint()
}
