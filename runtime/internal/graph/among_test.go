package graph

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// course is what a walk did: the nodes done, in order, and why others were not.
type course struct {
	Done    []int
	Skipped map[int][]int
}

// TestWalkAmong shows that a walk among some nodes is the walk of the graph that they are without the others.
func TestWalkAmong(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 2))
		n := 1 + random.IntN(30)
		g := New(n)
		for range random.IntN(3 * n) {
			if from, to := random.IntN(n), random.IntN(n); from > to {
				g.Add(from, to)
			}
		}
		var some []int
		number := make(map[int]int) // of a node: that in the smaller graph
		for node := range n {
			if random.IntN(3) > 0 {
				number[node] = len(some)
				some = append(some, node)
			}
		}
		smaller := New(len(some))
		for _, node := range some {
			for _, user := range g.Users(node) { // in this order they become ready
				if from, in := number[user]; in {
					smaller.Add(from, number[node])
				}
			}
		}
		bad := make(map[int]bool)
		for _, node := range some {
			bad[node] = random.IntN(8) == 0
		}
		var got, want course
		g.WalkAmong(context.Background(), some, 1, got.do(bad, nil), got.skip(nil))
		smaller.Walk(context.Background(), 1, want.do(bad, some), want.skip(some))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

// do notes a node that is done, by its name in the larger graph: names[node], or node itself.
func (c *course) do(bad map[int]bool, names []int) func(context.Context, int) bool {
	return func(_ context.Context, node int) bool {
		node = named(names, node)
		c.Done = append(c.Done, node)
		return !bad[node]
	}
}

func (c *course) skip(names []int) func(int, []int) {
	return func(node int, because []int) {
		if c.Skipped == nil {
			c.Skipped = make(map[int][]int)
		}
		var all []int
		for _, b := range because {
			all = append(all, named(names, b))
		}
		c.Skipped[named(names, node)] = all
	}
}

func named(names []int, node int) int {
	if names == nil {
		return node
	}
	return names[node]
}
