package graph

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// of makes a graph of n nodes; each pair is a node and one that it needs.
func of(n int, needs ...[2]int) *Graph {
	g := New(n)
	for _, pair := range needs {
		g.Add(pair[0], pair[1])
	}
	return g
}

func TestCycles(t *testing.T) {
	for name, c := range map[string]struct {
		graph *Graph
		want  [][]int
	}{
		"none":              {of(3, [2]int{0, 1}, [2]int{1, 2}, [2]int{0, 2}), [][]int{}},
		"itself":            {of(2, [2]int{1, 1}), [][]int{{1}}},
		"two":               {of(2, [2]int{0, 1}, [2]int{1, 0}), [][]int{{0, 1}}},
		"in order":          {of(4, [2]int{3, 1}, [2]int{1, 2}, [2]int{2, 3}, [2]int{0, 1}), [][]int{{1, 2, 3}}},
		"shortest":          {of(4, [2]int{0, 1}, [2]int{1, 2}, [2]int{2, 3}, [2]int{3, 0}, [2]int{1, 0}), [][]int{{0, 1}}},
		"several":           {of(5, [2]int{4, 3}, [2]int{3, 4}, [2]int{0, 1}, [2]int{1, 0}, [2]int{2, 2}), [][]int{{0, 1}, {2}, {3, 4}}},
		"twice the same":    {of(2, [2]int{0, 1}, [2]int{0, 1}, [2]int{1, 0}), [][]int{{0, 1}}},
		"one behind a node": {of(3, [2]int{2, 0}, [2]int{0, 1}, [2]int{1, 0}), [][]int{{0, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.graph.Cycles()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOrder(t *testing.T) {
	g := of(6, [2]int{0, 3}, [2]int{0, 3}, [2]int{1, 0}, [2]int{4, 5}, [2]int{5, 4}, [2]int{2, 4})
	if diff := cmp.Diff([]int{3, 0, 1}, g.Order()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]bool{true, true, false, true, false, false}, g.Closure(1)); diff != "" {
		t.Error(diff)
	}
}

// On random graphs a node is done after all it needs, or skipped because of all that failed behind it.
func TestWalkRandom(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		n := 1 + random.IntN(30)
		g := New(n)
		for range random.IntN(3 * n) {
			if from, to := random.IntN(n), random.IntN(n); from > to {
				g.Add(from, to)
			}
		}
		bad := make([]bool, n)
		for node := range bad {
			bad[node] = random.IntN(8) == 0
		}
		var mu sync.Mutex
		done, skipped := make([]bool, n), make(map[int][]int)
		g.Walk(context.Background(), 1+random.IntN(4), func(_ context.Context, node int) bool {
			mu.Lock()
			defer mu.Unlock()
			for _, need := range g.Needs(node) {
				if !done[need] || bad[need] {
					t.Errorf("seed %d: %d was started before %d was done well", seed, node, need)
				}
			}
			done[node] = true
			return !bad[node]
		}, func(node int, because []int) {
			mu.Lock()
			defer mu.Unlock()
			skipped[node] = because
		})
		for node := range n {
			var want []int
			for behind, in := range g.Closure(g.Needs(node)...) {
				if in && done[behind] && bad[behind] {
					want = append(want, behind)
				}
			}
			if done[node] == (want != nil) {
				t.Errorf("seed %d: %d done: %v, failures behind it: %v", seed, node, done[node], want)
			}
			if diff := cmp.Diff(want, skipped[node]); diff != "" {
				t.Errorf("seed %d: %d skipped because: %s", seed, node, diff)
			}
		}
	}
}

func TestWalkAtOnce(t *testing.T) {
	g := New(8)
	var working, most atomic.Int64
	var once sync.Once
	meet := make(chan struct{})
	g.Walk(context.Background(), 3, func(context.Context, int) bool {
		if working.Add(1) == 3 {
			once.Do(func() { close(meet) }) // three are at work together
		}
		<-meet
		most.Store(max(most.Load(), working.Load()))
		working.Add(-1)
		return true
	}, func(node int, _ []int) { t.Errorf("%d was skipped", node) })
	if most.Load() > 3 {
		t.Errorf("%d at the same time", most.Load())
	}
}

func TestWalkCancelled(t *testing.T) {
	g := of(4, [2]int{1, 0}, [2]int{2, 1}, [2]int{3, 2})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var skipped []int
	g.Walk(ctx, 2, func(_ context.Context, node int) bool {
		if node == 1 {
			cancel()
		}
		return true
	}, func(node int, because []int) {
		if because != nil {
			t.Errorf("%d skipped because of %v", node, because)
		}
		skipped = append(skipped, node)
	})
	if diff := cmp.Diff([]int{2, 3}, skipped); diff != "" {
		t.Error(diff)
	}
}

// A chain as long as this would end a recursive walk.
func TestLongChain(t *testing.T) {
	const n = 1_000_000
	g := New(n)
	for node := 1; node < n; node++ {
		g.Add(node, node-1)
	}
	if cycles := g.Cycles(); len(cycles) > 0 {
		t.Error("a chain has a cycle")
	}
	g.Add(0, n-1)
	if cycles := g.Cycles(); len(cycles) != 1 || len(cycles[0]) != n || !slices.Equal(cycles[0][:2], []int{0, n - 1}) {
		t.Error("the ring was not found")
	}
}

func BenchmarkWalk(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			g := New(n)
			for node := 1; node < n; node++ {
				g.Add(node, node/2)
			}
			for b.Loop() {
				g.Walk(context.Background(), 10, func(context.Context, int) bool { return true }, nil)
			}
		})
	}
}
