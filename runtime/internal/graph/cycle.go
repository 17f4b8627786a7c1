package graph

import "slices"

// Cycles finds the cycles: one for every group of nodes that can all reach each other, the shortest through the group's smallest node.
// Each starts with its smallest node, every node needs the next, and the last needs the first. Cycles are ordered by their first node.
// A group can hold more cycles than the one reported; they show up when that one is mended.
func (g *Graph) Cycles() [][]int {
	group := g.groups()
	first := make(map[int]int) // smallest node of each group that has a cycle
	var starts []int
	size := make(map[int]int)
	for _, id := range group {
		size[id]++
	}
	for node, id := range group {
		if _, seen := first[id]; seen {
			continue
		}
		if size[id] > 1 || slices.Contains(g.needs[node], node) {
			first[id] = node
			starts = append(starts, node)
		}
	}
	cycles := make([][]int, 0, len(starts))
	for _, start := range starts {
		cycles = append(cycles, g.shortest(start, group))
	}
	return cycles
}

// shortest is the shortest way from start back to start inside its group.
func (g *Graph) shortest(start int, group []int) []int {
	from := map[int]int{}
	for open := []int{start}; len(open) > 0; open = open[1:] {
		node := open[0]
		for _, next := range g.needs[node] {
			if next == start {
				return wayTo(start, node, from)
			}
			if _, seen := from[next]; !seen && group[next] == group[start] {
				from[next] = node
				open = append(open, next)
			}
		}
	}
	panic("graph: a group of nodes that reach each other has no cycle")
}

// wayTo follows the steps back from end to start and gives them in forward order.
func wayTo(start, end int, from map[int]int) []int {
	way := []int{end}
	for way[len(way)-1] != start {
		way = append(way, from[way[len(way)-1]])
	}
	slices.Reverse(way)
	return way
}

// groups gives every node the id of its strongly connected component (Tarjan's algorithm, with a stack of its own).
func (g *Graph) groups() []int {
	t := tarjan{g: g, index: make([]int, g.Len()), low: make([]int, g.Len()), group: make([]int, g.Len())}
	for node := range t.group {
		t.group[node] = -1
	}
	for node := range t.index {
		if t.index[node] == 0 {
			t.visit(node)
		}
	}
	return t.group
}

type tarjan struct {
	g      *Graph
	index  []int // order of the visit from 1; 0: not visited
	low    []int // the smallest index that the node reaches
	group  []int // id, or -1 while undecided
	stack  []int // visited and undecided
	clock  int
	groups int
}

// step is a node under visit and the number of its needs already looked at.
type step struct{ node, done int }

func (t *tarjan) visit(root int) {
	open := []step{t.enter(root)}
	for len(open) > 0 {
		top := &open[len(open)-1]
		if needs := t.g.needs[top.node]; top.done < len(needs) {
			next := needs[top.done]
			top.done++
			switch {
			case t.index[next] == 0:
				open = append(open, t.enter(next))
			case t.group[next] < 0:
				t.low[top.node] = min(t.low[top.node], t.index[next])
			}
			continue
		}
		node := top.node
		open = open[:len(open)-1]
		if len(open) > 0 {
			parent := open[len(open)-1].node
			t.low[parent] = min(t.low[parent], t.low[node])
		}
		if t.low[node] == t.index[node] {
			t.close(node)
		}
	}
}

func (t *tarjan) enter(node int) step {
	t.clock++
	t.index[node], t.low[node] = t.clock, t.clock
	t.stack = append(t.stack, node)
	return step{node: node}
}

// close takes the finished group whose root is node from the stack.
func (t *tarjan) close(node int) {
	for {
		last := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.group[last] = t.groups
		if last == node {
			break
		}
	}
	t.groups++
}
