package eval

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Suppose makes a scope that no vendor is ever called with: where an argument of a vendor is not known, because an input has no value, something
// of its type stands in for it, the same wherever the flow says the same. The rules of arguments, and conditions, are not held against
// such values nor against credentials that nobody gave. What must be known all the same (when something is renewed, how often it is tried) is
// an error. It comes before anything is evaluated.
func (s *Scope) Suppose() { s.supposing = true }

// supposed stands in for a value that is not known.
func (s *Scope) supposed(arg *argument, attr *hcl.Attribute, p place) cty.Value {
	text := s.flow.Text(attr.Expr.Range())
	if p.inst != nil && slices.ContainsFunc(attr.Expr.Variables(), func(t hcl.Traversal) bool {
		return t.RootName() == "each" || t.RootName() == "count"
	}) {
		text += " of " + p.inst.Addr.String()
	}
	if arg.Endpoint {
		sum := sha256.Sum256([]byte(text))
		return cty.StringVal("http://" + hex.EncodeToString(sum[:8]) + ".invalid")
	}
	return standIn(arg.ty, text)
}

// standIn is a value of a type, which differs from others of its type by a text where the type allows that.
func standIn(ty cty.Type, text string) cty.Value {
	switch {
	case ty == cty.Number:
		return cty.NumberIntVal(1)
	case ty == cty.Bool:
		return cty.True
	case ty.IsListType():
		return cty.ListVal([]cty.Value{standIn(ty.ElementType(), text)})
	case ty.IsSetType():
		return cty.SetVal([]cty.Value{standIn(ty.ElementType(), text)})
	case ty.IsMapType():
		return cty.MapVal(map[string]cty.Value{"supposed": standIn(ty.ElementType(), text)})
	case ty.IsObjectType():
		members := make(map[string]cty.Value)
		for name, member := range ty.AttributeTypes() {
			members[name] = standIn(member, text)
		}
		return cty.ObjectVal(members)
	case ty.IsTupleType():
		var elements []cty.Value
		for _, element := range ty.TupleElementTypes() {
			elements = append(elements, standIn(element, text))
		}
		return cty.TupleVal(elements)
	}
	return cty.StringVal("supposed " + strings.TrimSpace(text))
}

// needed says that a setting which decides about calls has no value where values are supposed.
func (s *Scope) needed(e hcl.Expression, name string) *hcl.Diagnostic {
	return s.wrong(e, "Value is not known", fmt.Sprintf("The argument %q decides when and how often a vendor is called, and nothing can stand in for it. "+
		"Give the inputs that it hangs on.", name))
}
