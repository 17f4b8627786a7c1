package eval

import (
	"slices"

	"github.com/authrun/authrun/runtime/internal/flow"
)

// Referred are the attributes of a block's credentials that the flow refers to by their names, each once, in order: from other blocks, locals
// and outputs, and from the block's own postconditions. A reference to a whole credential names none. addr may have a key or not.
func (s *Scope) Referred(addr flow.Addr) []string {
	addr = addr.Block()
	var names []string
	note := func(refs []flow.Reference, self bool) {
		for _, ref := range refs {
			name, ok := ref.Name, ref.Kind == flow.RefSelf && self && !ref.Whole
			if ref.Kind == flow.RefAuth && !ref.Whole && ref.Addr.Block() == addr {
				name, ok = s.attributeOf(ref)
			}
			if ok && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for _, b := range s.ordered {
		note(b.decl.Uses, b.decl.Addr() == addr)
	}
	for _, l := range s.locals {
		note(l.refs, false)
	}
	for _, o := range s.flow.Outputs {
		note(references(o.Value), false)
		for _, c := range o.Preconditions {
			note(slices.Concat(references(c.Condition), references(c.ErrorMessage)), false)
		}
	}
	slices.Sort(names)
	return names
}

// attributeOf is the attribute that a reference to an auth block goes to, and whether it goes to one. Of a block without count and for_each a
// key in brackets is one, too.
func (s *Scope) attributeOf(ref flow.Reference) (string, bool) {
	if b := s.blocks[ref.Addr.Block()]; b != nil && !b.repeated() {
		if name, ok := ref.Addr.Key.Text(); ok {
			return name, true
		}
	}
	return flow.NextName(ref.Rest)
}
