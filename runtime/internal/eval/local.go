package eval

import (
	"fmt"
	"slices"
	"sync"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/runtime/internal/graph"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// local is a declared local and its value, which is kept until a credential behind it changes.
type local struct {
	decl   *flow.Local
	refs   []flow.Reference
	node   int  // in the scope's graph
	cyclic bool // on a cycle of locals, or behind one: has no value
	chain  int  // how many locals it goes through, itself included

	mu    sync.Mutex
	done  bool
	value cty.Value
	diags hcl.Diagnostics // what is wrong with it
	bad   hcl.Diagnostics // the same, and what is wrong with the locals that it refers to
}

// declareLocals makes the locals, and finds those that can have no value.
func (s *Scope) declareLocals() {
	number := make(map[string]int, len(s.flow.Locals))
	for i, decl := range s.flow.Locals {
		number[decl.Name] = i
		s.locals[decl.Name] = &local{decl: decl, refs: flow.References(decl.Expr.Variables()), cyclic: true}
	}
	g := graph.New(len(s.flow.Locals))
	for i, decl := range s.flow.Locals {
		for _, ref := range s.locals[decl.Name].refs {
			if to, ok := number[ref.Name]; ok && ref.Kind == flow.RefLocal {
				g.Add(i, to)
			}
		}
	}
	for _, i := range g.Order() {
		l := s.locals[s.flow.Locals[i].Name]
		l.cyclic = false
		for _, to := range g.Needs(i) {
			l.chain = max(l.chain, s.locals[s.flow.Locals[to].Name].chain)
		}
		l.chain++
	}
}

// get evaluates the local where that is not done yet. It locks the local while it does; since locals without a cycle refer to each other
// in one direction only, nobody waits for ever.
func (s *Scope) get(l *local) (value cty.Value, own, bad hcl.Diagnostics) {
	if l.cyclic {
		return cty.DynamicVal, nil, nil // the cycle is reported by Validate
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.done {
		l.value, l.diags = s.bounded(l)
		if s.changedSource(l.decl.Expr) {
			l.value = l.value.Mark(mark.Changed)
		}
		l.bad = s.localDiags(l.refs)
		if l.diags.HasErrors() {
			l.bad = append(l.bad, l.diags...)
		}
		l.done = true
	}
	return l.value, l.diags, l.bad
}

// bounded evaluates a local whose value is not too large, and which does not refer to itself through too many others.
func (s *Scope) bounded(l *local) (cty.Value, hcl.Diagnostics) {
	switch {
	case l.chain == maxLocalChain+1:
		return cty.DynamicVal, hcl.Diagnostics{s.wrong(l.decl.Expr, "Nested too deep", fmt.Sprintf("This local value is the end of a chain of more "+
			"than %d that refer to each other. No flow needs that.", maxLocalChain))}
	case l.chain > maxLocalChain:
		return cty.DynamicVal, nil // told of the first
	}
	v, diags := s.evaluate(l.decl.Expr, l.refs, place{only: noInstance})
	if problem := tooLarge(v); problem != "" {
		return cty.DynamicVal, append(diags, later(s.wrong(l.decl.Expr, "Value too large", fmt.Sprintf("The local value %q %s.", l.decl.Name, problem))))
	}
	return v, diags
}

// forget drops the value, because something behind it changed.
func (l *local) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done, l.value, l.diags, l.bad = false, cty.NilVal, nil, nil
}

// localDiags are the errors of the locals that references lead to, each once. Values that come from there are unknown.
func (s *Scope) localDiags(refs []flow.Reference) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, ref := range refs {
		l := s.locals[ref.Name]
		if ref.Kind != flow.RefLocal || l == nil {
			continue
		}
		_, _, bad := s.get(l)
		for _, d := range bad {
			if !slices.Contains(diags, d) {
				diags = append(diags, d)
			}
		}
	}
	return diags
}
