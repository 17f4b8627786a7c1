package graph

import (
	"context"
	"slices"
)

// Walk does the nodes, each after those it needs, up to parallelism (at least 1) at the same time.
//
// do is called once for a node whose needs were all done well, from several goroutines at once, and tells whether it went well. skip is
// called, from one goroutine at a time, for a node that is not done: because lists, in rising order, the nodes that were done badly and that
// it needs, directly or not; because is nil where ctx ended before the node's turn. When ctx ends, nothing new is started, and Walk returns
// when the nodes in work are done. Both are called for no node on a cycle or behind one: look for [Graph.Cycles] first.
func (g *Graph) Walk(ctx context.Context, parallelism int, do func(ctx context.Context, node int) (ok bool), skip func(node int, because []int)) {
	w := walk{g: g, waits: g.counts(), because: make([][]int, g.Len()), skip: skip}
	for node, n := range w.waits {
		if n == 0 {
			w.ready = append(w.ready, node)
		}
	}
	w.run(ctx, parallelism, do)
}

// WalkAmong is [Graph.Walk] of some nodes, each named once, as if the graph had no others. It costs what these nodes and their edges cost, and
// some bytes for each of the others.
func (g *Graph) WalkAmong(ctx context.Context, nodes []int, parallelism int, do func(ctx context.Context, node int) (ok bool),
	skip func(node int, because []int)) {
	w := walk{g: g, waits: make([]int, g.Len()), because: make([][]int, g.Len()), skip: skip, among: make([]bool, g.Len())}
	for _, node := range nodes {
		w.among[node] = true
	}
	for _, node := range nodes {
		for _, need := range g.needs[node] {
			if w.among[need] {
				w.waits[node]++
			}
		}
		if w.waits[node] == 0 {
			w.ready = append(w.ready, node)
		}
	}
	w.run(ctx, parallelism, do)
}

// run does what is ready until nothing is any more.
func (w *walk) run(ctx context.Context, parallelism int, do func(ctx context.Context, node int) (ok bool)) {
	type done struct {
		node int
		ok   bool
	}
	finished := make(chan done)
	working := 0
	for {
		for working < max(parallelism, 1) && len(w.ready) > 0 {
			node := w.ready[0]
			w.ready = w.ready[1:]
			switch {
			case w.because[node] != nil:
				w.skip(node, w.because[node])
				w.finish(node, w.because[node])
			case ctx.Err() != nil:
				w.skip(node, nil)
				w.finish(node, nil)
			default:
				working++
				go func() { finished <- done{node, do(ctx, node)} }()
			}
		}
		if working == 0 {
			return
		}
		d := <-finished
		working--
		if d.ok {
			w.finish(d.node, nil)
		} else {
			w.finish(d.node, []int{d.node})
		}
	}
}

// walk is the state of one Walk; only its own goroutine touches it.
type walk struct {
	g       *Graph
	waits   []int   // needs not finished yet
	because [][]int // failed nodes behind each node; nil: none
	ready   []int
	skip    func(int, []int)
	among   []bool // nodes that are walked; nil: all
}

// finish tells the users of node that it is over, and which failures stand behind it.
func (w *walk) finish(node int, failed []int) {
	for _, user := range w.g.users[node] {
		if w.among != nil && !w.among[user] {
			continue
		}
		if failed != nil {
			w.because[user] = union(w.because[user], failed)
		}
		if w.waits[user]--; w.waits[user] == 0 {
			w.ready = append(w.ready, user)
		}
	}
}

// union joins two sorted sets. It shares memory where one is all there is, so that a long chain behind one failure costs nothing.
func union(a, b []int) []int {
	if len(a) == 0 || slices.Equal(a, b) {
		return b
	}
	both := slices.Concat(a, b)
	slices.Sort(both)
	return slices.Compact(both)
}
