package eval

import (
	"fmt"
	"maps"
	"slices"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxSuggestions bounds how often a nearest name is looked for, so that a flow with ten thousand wrong names among ten thousand right ones
// is not compared letter by letter for minutes.
const maxSuggestions = 100

// didYouMean offers the nearest of the flow's own names.
func (s *Scope) didYouMean(given string, names []string) string {
	if s.suggestions.Add(1) > maxSuggestions {
		return ""
	}
	return flow.DidYouMean(given, names)
}

// check says what is wrong with references, by the flow's text and the vendors' schemas alone.
func (s *Scope) check(refs []flow.Reference, p place) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, ref := range refs {
		if summary, detail := s.checkOne(ref, p); summary != "" {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: ref.Range.Ptr()})
		}
	}
	return diags
}

// checkOne says what is wrong with a reference; an empty summary: nothing.
func (s *Scope) checkOne(ref flow.Reference, p place) (summary, detail string) {
	if summary, detail = misplaced(ref, p); summary != "" {
		return summary, detail
	}
	switch ref.Kind {
	case flow.RefVar:
		switch {
		case ref.Whole:
			return "Incomplete reference", "A variable is referred to by its name: var.<name>."
		case s.vars[ref.Name] == nil:
			return "Undeclared variable", fmt.Sprintf("The flow declares no variable %q.%s Declare it with a block: variable %q { }",
				ref.Name, s.didYouMean(ref.Name, slices.Sorted(maps.Keys(s.vars))), ref.Name)
		}
	case flow.RefLocal:
		switch {
		case ref.Whole:
			return "Incomplete reference", "A local value is referred to by its name: local.<name>."
		case s.locals[ref.Name] == nil:
			return "Undeclared local value", fmt.Sprintf("No locals block declares %q.%s", ref.Name,
				s.didYouMean(ref.Name, slices.Sorted(maps.Keys(s.locals))))
		case p.only == noAuth:
			if via, found := s.reachesAuth([]flow.Reference{ref}, nil); found {
				return "Depends on a credential", "This is needed before the flow runs, but it refers to " + via + "."
			}
		}
	case flow.RefAuth:
		return s.checkAuth(ref)
	}
	return "", ""
}

// misplaced says that a name means nothing where it stands.
func misplaced(ref flow.Reference, p place) (summary, detail string) {
	none := "There is no %q here."
	switch ref.Kind {
	case flow.RefOther:
		names := []string{"var", "local", "auth", "each", "count", "self"}
		return "Unknown name", fmt.Sprintf("There is no %q.%s A reference starts with var, local or auth; text stands in quotes.",
			ref.Name, flow.DidYouMean(ref.Name, names))
	case flow.RefEach:
		switch {
		case p.inst == nil || p.inst.Auth.ForEach == nil:
			return "Misplaced reference", fmt.Sprintf(none, "each") + " It is known only in auth blocks that have for_each."
		case ref.Name != "key" && ref.Name != "value":
			return "Incomplete reference", "What for_each goes over is referred to as each.key and each.value."
		}
	case flow.RefCount:
		switch {
		case p.inst == nil || p.inst.Auth.Count == nil:
			return "Misplaced reference", fmt.Sprintf(none, "count") + " It is known only in auth blocks that have count."
		case ref.Name != "index":
			return "Incomplete reference", "The number of an instance is referred to as count.index."
		}
	case flow.RefSelf:
		if !p.hasSelf() {
			return "Misplaced reference", fmt.Sprintf(none, "self") + " It is known only in postconditions, where it is the credential."
		}
	case flow.RefAuth:
		if p.only == noAuth || p.only == onlyVars {
			return "Depends on a credential", "This is needed before the flow runs, so it cannot refer to an auth block."
		}
	case flow.RefLocal:
		if p.only == onlyVars {
			return "Misplaced reference", "A variable's validation may refer to variables only."
		}
	}
	return "", ""
}

// checkAuth says what is wrong with a reference to an auth block.
func (s *Scope) checkAuth(ref flow.Reference) (summary, detail string) {
	if ref.Whole {
		return "Incomplete reference", "An auth block is referred to by its vendor and name: auth.<vendor>.<name>."
	}
	addr := ref.Addr.Block()
	b := s.blocks[addr]
	if b == nil {
		return "Undeclared auth block", fmt.Sprintf("The flow declares no block auth %q %q.%s", addr.Vendor, addr.Name, s.nearestBlock(addr))
	}
	rest, key := ref.Rest, ref.Addr.Key
	if !b.repeated() {
		if name, ok := key.Text(); ok {
			return s.checkAttribute(addr, name)
		}
		if key.IsSet() {
			return "No such instance", fmt.Sprintf("%s has neither count nor for_each, so there is only one and it has no %s.", addr, key)
		}
	}
	name, isName := flow.NextName(rest)
	switch {
	case b.repeated() && !key.IsSet() && isName:
		return "Incomplete reference", fmt.Sprintf("%s has %s, so there are several; say which one is meant: %s.", addr, b.with(), b.example(name))
	case b.repeated() && key.IsSet() && !b.broken && !b.unknown:
		if _, ok := s.index[ref.Addr]; !ok {
			return "No such instance", fmt.Sprintf("%s has no instance %s.%s", addr, key, s.nearestKey(key, b))
		}
	}
	if isName {
		return s.checkAttribute(addr, name)
	}
	return "", ""
}

// checkAttribute says that a credential has no attribute of that name.
func (s *Scope) checkAttribute(addr flow.Addr, name string) (summary, detail string) {
	sc := s.schemas[addr.Vendor]
	if sc == nil || sc.credential.HasAttribute(name) {
		return "", ""
	}
	names := slices.Sorted(maps.Keys(sc.credential.AttributeTypes()))
	return "Unknown attribute", fmt.Sprintf("A credential of %s has no attribute %q.%s It has %s.", addr.Vendor, name,
		s.didYouMean(name, names), list(names))
}

// nearestKey offers the instance that was most likely meant, as it is written behind an address.
func (s *Scope) nearestKey(key flow.Key, b *block) string {
	if s.suggestions.Add(1) > maxSuggestions {
		return ""
	}
	if nearest := flow.Nearest(key.String(), s.keysOf(b)); nearest != "" {
		return " Did you mean " + nearest + "?"
	}
	return ""
}

// nearestBlock offers the address that was most likely meant.
func (s *Scope) nearestBlock(addr flow.Addr) string {
	names := make([]string, 0, len(s.ordered))
	for _, b := range s.ordered {
		names = append(names, b.decl.Addr().String())
	}
	return s.didYouMean(addr.String(), names)
}

// with names what makes a block several.
func (b *block) with() string {
	if b.decl.ForEach != nil {
		return "for_each"
	}
	return "count"
}

// example is how an attribute of one instance is written.
func (b *block) example(name string) string {
	key := "[0]"
	if b.decl.ForEach != nil {
		key = "[\"<key>\"]"
	}
	return b.decl.Addr().String() + key + "." + name
}

// hasSelf tells whether self means something.
func (p place) hasSelf() bool { return p.self != cty.NilVal }
