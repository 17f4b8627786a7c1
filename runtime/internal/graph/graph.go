// Package graph orders work: nodes that need other nodes, the cycles among them, and a walk that does at once what does not depend on each
// other. Nodes are the integers from 0; what they stand for is the caller's concern. The package knows nothing of auth blocks.
//
// Everything here is linear in the number of nodes and edges, iterative (a chain of a million nodes is no deep recursion), and
// deterministic: the same graph gives the same answer.
package graph

// Graph is a set of nodes and of needs among them. Make one with [New]; it is not safe for use by several goroutines while [Graph.Add] is
// called, and safe afterwards.
type Graph struct {
	needs [][]int // of a node: the nodes it needs, in the order they were added
	users [][]int // of a node: the nodes that need it
}

// New makes a graph of the nodes 0 to n-1 without any needs.
func New(n int) *Graph {
	return &Graph{needs: make([][]int, n), users: make([][]int, n)}
}

// Len is the number of nodes.
func (g *Graph) Len() int { return len(g.needs) }

// Add says that from needs to: to comes first. Saying it again changes nothing of the order; a node that needs itself is a cycle.
func (g *Graph) Add(from, to int) {
	g.needs[from] = append(g.needs[from], to)
	g.users[to] = append(g.users[to], from)
}

// Needs are the nodes that node needs directly. The caller must not change the slice.
func (g *Graph) Needs(node int) []int { return g.needs[node] }

// Users are the nodes that need node directly. The caller must not change the slice.
func (g *Graph) Users(node int) []int { return g.users[node] }

// Closure marks the given nodes and all that they need, directly or not.
func (g *Graph) Closure(nodes ...int) []bool {
	in := make([]bool, g.Len())
	open := append([]int(nil), nodes...)
	for len(open) > 0 {
		node := open[len(open)-1]
		open = open[:len(open)-1]
		if in[node] {
			continue
		}
		in[node] = true
		open = append(open, g.needs[node]...)
	}
	return in
}

// Order lists the nodes such that each comes after those it needs; among those that could be next, the smallest first as far as they became
// ready together. Nodes on a cycle, and nodes that need one of those, are left out.
func (g *Graph) Order() []int {
	waits := g.counts()
	order := make([]int, 0, g.Len())
	for node, n := range waits {
		if n == 0 {
			order = append(order, node)
		}
	}
	for i := 0; i < len(order); i++ {
		for _, user := range g.users[order[i]] {
			if waits[user]--; waits[user] == 0 {
				order = append(order, user)
			}
		}
	}
	return order
}

// counts is the number of needs of each node.
func (g *Graph) counts() []int {
	waits := make([]int, g.Len())
	for node, needs := range g.needs {
		waits[node] = len(needs)
	}
	return waits
}
