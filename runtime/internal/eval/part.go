package eval

import (
	"slices"

	"github.com/authrun/authrun/runtime/internal/flow"
)

// Part is an auth block or an output with what it needs, as a drawing of the flow shows it.
type Part struct {
	Addr   flow.Addr // of an auth block, without a key
	Output string    // name of an output; then Addr is zero

	Repeated  bool        // the block has for_each or count
	Known     bool        // its instances are known
	Instances []flow.Addr // of a repeated block, in the order of their keys

	// Needs are the blocks, and single instances of them, that it refers to directly or through locals, each once, in the order of the
	// references. All instances of a block need the same.
	Needs []flow.Addr
}

// Parts are the flow's auth blocks and then its outputs, each in the flow's order. What they refer to and the flow does not declare is left
// out; cycles are shown as they are.
func (s *Scope) Parts() []Part {
	parts := make([]Part, 0, len(s.ordered)+len(s.flow.Outputs))
	for _, b := range s.ordered {
		p := Part{Addr: b.decl.Addr(), Repeated: b.repeated(), Known: !b.broken && !b.unknown}
		if p.Repeated {
			for _, i := range b.instances {
				p.Instances = append(p.Instances, s.instances[i].Addr)
			}
		}
		refs := slices.Clone(b.decl.Uses)
		for _, dep := range b.decl.DependsOn {
			refs = append(refs, flow.Reference{Kind: flow.RefAuth, Addr: dep.Addr})
		}
		p.Needs = s.addresses(refs)
		parts = append(parts, p)
	}
	for _, decl := range s.flow.Outputs {
		refs := references(decl.Value)
		for _, c := range decl.Preconditions {
			refs = append(append(refs, references(c.Condition)...), references(c.ErrorMessage)...)
		}
		parts = append(parts, Part{Output: decl.Name, Known: true, Needs: s.addresses(refs)})
	}
	return parts
}

// addresses are the blocks and instances that references lead to, directly or through locals.
func (s *Scope) addresses(refs []flow.Reference) []flow.Addr {
	var found []flow.Addr
	seen := make(map[flow.Addr]bool)
	locals := make(map[string]bool)
	for open := slices.Clone(refs); len(open) > 0; {
		ref := open[0]
		open = open[1:]
		switch l := s.locals[ref.Name]; {
		case ref.Kind == flow.RefLocal && l != nil && !locals[ref.Name]:
			locals[ref.Name] = true
			open = append(open, l.refs...)
		case ref.Kind == flow.RefAuth && !ref.Whole:
			if addr, ok := s.declared(ref.Addr); ok && !seen[addr] {
				seen[addr] = true
				found = append(found, addr)
			}
		}
	}
	return found
}

// declared is what an address names of the flow: an instance where that is known, else a block.
func (s *Scope) declared(addr flow.Addr) (flow.Addr, bool) {
	if _, ok := s.index[addr]; ok {
		return addr, true
	}
	_, ok := s.blocks[addr.Block()]
	return addr.Block(), ok
}
