package eval

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/authrun/authrun/runtime/internal/flow"
)

// Expression evaluates an expression that stands in no block of the flow, with what is known so far. It may refer to variables, locals and auth
// blocks. Beside errors the value is unknown.
func (s *Scope) Expression(e hcl.Expression) (cty.Value, hcl.Diagnostics) {
	refs := references(e)
	v, diags := s.evaluate(e, refs, place{only: noInstance})
	diags = append(diags, s.localDiags(refs)...)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return v, diags
}

// ExpressionRequires are the numbers of the instances that an expression needs directly, or through locals only, in rising order.
func (s *Scope) ExpressionRequires(e hcl.Expression) []int {
	return s.instancesBehind(s.needs(references(e)))
}

// ExpressionLacks are the names of the variables without a value that an expression needs directly, or through locals, sorted.
func (s *Scope) ExpressionLacks(e hcl.Expression) []string {
	var lacks []string
	seen := make(map[string]bool)
	for open := references(e); len(open) > 0; {
		ref := open[0]
		open = open[1:]
		switch l, v := s.locals[ref.Name], s.vars[ref.Name]; {
		case ref.Kind == flow.RefLocal && l != nil && !seen["local."+ref.Name]:
			seen["local."+ref.Name] = true
			open = append(open, l.refs...)
		case ref.Kind == flow.RefVar && v != nil && !v.value.IsWhollyKnown() && !slices.Contains(lacks, ref.Name):
			lacks = append(lacks, ref.Name)
		}
	}
	slices.Sort(lacks)
	return lacks
}

// VariableNames are the names of the variables, sorted.
func (s *Scope) VariableNames() []string { return slices.Sorted(maps.Keys(s.vars)) }

// LocalNames are the names of the locals, sorted.
func (s *Scope) LocalNames() []string { return slices.Sorted(maps.Keys(s.locals)) }

// FunctionNames are the names of the functions, sorted.
func (s *Scope) FunctionNames() []string { return slices.Sorted(maps.Keys(s.root.Functions)) }

// AttributeNames are the names of a credential's attributes, sorted; none where the vendor's schema is not known.
func (s *Scope) AttributeNames(vendor string) []string {
	sc := s.schemas[vendor]
	if sc == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(sc.credential.AttributeTypes()))
}

// Addresses are those of all auth blocks in the flow's order; of one that has for_each or count those of its instances.
func (s *Scope) Addresses() []flow.Addr {
	var all []flow.Addr
	for _, b := range s.ordered {
		if b.unknown || b.broken {
			all = append(all, b.decl.Addr())
		}
		for _, i := range b.instances {
			all = append(all, s.instances[i].Addr)
		}
	}
	return all
}
