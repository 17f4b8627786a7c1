package catalog

import (
	"fmt"
	"testing"
)

// BenchmarkDescribeRemembered is what a warm run does before all else: a new catalog, five vendors, nothing started.
func BenchmarkDescribeRemembered(b *testing.B) {
	s := newStage(b)
	var vendors []string
	for n := range 5 {
		name := fmt.Sprintf("vendor%d", n)
		put(b, s.dir, name, name)
		vendors = append(vendors, name)
		if _, err := s.Describe(b.Context(), name); err != nil {
			b.Fatal(err)
		}
	}
	o := s.options
	started := s.fakes.count()
	for b.Loop() {
		c := New(o)
		for _, name := range vendors {
			if _, err := c.Describe(b.Context(), name); err != nil {
				b.Fatal(err)
			}
		}
		_ = c.Close()
	}
	if s.fakes.count() != started {
		b.Fatal("a plugin was started")
	}
}
