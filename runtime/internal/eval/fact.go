package eval

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxFacts bounds the facts that are told with a diagnostic.
const maxFacts = 8

// Fact is a reference in the expression of a diagnostic, and a phrase for its value: "var.port", "is 70000".
type Fact struct{ Traversal, Statement string }

// Facts are the values that mattered to a diagnostic, each reference once, in their order. No sensitive value is among them, only that there
// is one.
func Facts(d *hcl.Diagnostic) []Fact {
	if d.Expression == nil || d.EvalContext == nil {
		return nil
	}
	var facts []Fact
	seen := make(map[string]bool)
	for _, t := range d.Expression.Variables() {
		name := traversalText(t)
		if seen[name] || len(facts) == maxFacts {
			continue
		}
		seen[name] = true
		if v, diags := t.TraverseAbs(d.EvalContext); !diags.HasErrors() {
			facts = append(facts, Fact{name, statement(v)})
		}
	}
	return facts
}

// statement is a phrase for a value.
func statement(v cty.Value) string {
	if mark.IsSensitive(v) {
		if _, whole := v.Unmark(); markedSensitive(whole) {
			return "is sensitive"
		}
		return "holds something sensitive"
	}
	v, _ = v.UnmarkDeep()
	ty := v.Type()
	switch {
	case !v.IsKnown():
		return "is not known yet"
	case v.IsNull():
		return "is null"
	case ty.IsPrimitiveType():
		return "is " + shownValue(v)
	case ty.IsObjectType() || ty.IsMapType():
		return "is " + counted(v.LengthInt(), "an object with", "attribute")
	case ty.IsTupleType() || ty.IsListType() || ty.IsSetType():
		return "is " + counted(v.LengthInt(), "a list of", "element")
	default:
		return "is a " + ty.FriendlyName()
	}
}

func counted(n int, what, part string) string {
	if n == 1 {
		return fmt.Sprintf("%s 1 %s", what, part)
	}
	return fmt.Sprintf("%s %d %ss", what, n, part)
}

// traversalText writes a traversal as a flow's author would.
func traversalText(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			b.WriteString("[" + shownValue(step.Key) + "]")
		default:
			b.WriteString("[*]")
		}
	}
	return b.String()
}
