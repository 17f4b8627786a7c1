package eval

import (
	"slices"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/runtime/internal/graph"
)

// buildGraph joins instances, blocks and locals by what they refer to. A block stands for all of its instances, and a local for all that it
// refers to, so that ten thousand instances that refer to ten thousand others are twenty thousand edges and not their product.
func (s *Scope) buildGraph() {
	next := len(s.instances)
	for _, b := range s.ordered {
		b.node = next
		next++
	}
	for _, decl := range s.flow.Locals {
		s.locals[decl.Name].node = next
		next++
	}
	s.graph = graph.New(next)
	for _, b := range s.ordered {
		for _, i := range b.instances {
			s.graph.Add(b.node, i)
			for _, to := range s.needs(b.decl.Uses) {
				s.graph.Add(i, to)
			}
			for _, dep := range b.decl.DependsOn {
				if to, ok := s.target(dep.Addr); ok {
					s.graph.Add(i, to)
				}
			}
		}
	}
	for _, decl := range s.flow.Locals {
		l := s.locals[decl.Name]
		for _, to := range s.needs(l.refs) {
			s.graph.Add(l.node, to)
		}
	}
}

// needs are the nodes that references lead to, each once.
func (s *Scope) needs(refs []flow.Reference) []int {
	var nodes []int
	add := func(node int) {
		for _, there := range nodes {
			if there == node {
				return
			}
		}
		nodes = append(nodes, node)
	}
	for _, ref := range refs {
		switch ref.Kind {
		case flow.RefAuth:
			if to, ok := s.target(ref.Addr); ok && !ref.Whole {
				add(to)
			}
		case flow.RefLocal:
			if l := s.locals[ref.Name]; l != nil {
				add(l.node)
			}
		}
	}
	return nodes
}

// target is the node of an address: of the instance where it names one, else of the block.
func (s *Scope) target(addr flow.Addr) (int, bool) {
	if i, ok := s.index[addr]; ok {
		return i, true
	}
	b, ok := s.blocks[addr.Block()]
	switch {
	case !ok:
		return 0, false
	case !b.repeated():
		return b.instances[0], true // what looks like a key is an attribute: auth.x.y["token"]
	case addr.Key.IsSet():
		return 0, false
	}
	return b.node, true
}

// Graph orders the work. Its first nodes are the instances, with the numbers that they have in [Scope.Instances]; the nodes behind them are
// joins, which stand for all instances of a block or for a local, and where nothing is to be done.
func (s *Scope) Graph() *graph.Graph { return s.graph }

// Index is the number of an instance in [Scope.Instances], and whether there is one of that address.
func (s *Scope) Index(addr flow.Addr) (int, bool) {
	i, ok := s.index[addr]
	return i, ok
}

// Select are the numbers of the instances that an address names: one, or without a key all of its block. There are none where the flow
// declares no such block or instance.
func (s *Scope) Select(addr flow.Addr) []int {
	if i, ok := s.index[addr]; ok {
		return []int{i}
	}
	if b, ok := s.blocks[addr]; ok {
		return b.instances
	}
	return nil
}

// Requires are the instances that the i-th instance needs directly, or through locals only, in rising order.
func (s *Scope) Requires(i int) []int { return s.instancesBehind(s.graph.Needs(i)) }

// instancesBehind are the instances among nodes, and those behind the joins among them, in rising order.
func (s *Scope) instancesBehind(nodes []int) []int {
	seen := make(map[int]bool)
	var found []int
	open := slices.Clone(nodes)
	for len(open) > 0 {
		node := open[0]
		open = open[1:]
		if seen[node] {
			continue
		}
		seen[node] = true
		if node < len(s.instances) {
			found = append(found, node)
			continue
		}
		open = append(open, s.graph.Needs(node)...)
	}
	slices.Sort(found)
	return found
}
