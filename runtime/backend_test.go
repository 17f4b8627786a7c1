package runtime_test

import (
	"strings"
	"testing"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/store/memory"
)

// A program brings its store and its key: no file is made, and its store stays open.
func TestBackend(t *testing.T) {
	s := newStage(t)
	s.options.Env = nil
	s.options.Backend, s.options.Key = memory.New(), strings.Repeat("0f", 32)
	path := s.write(all)
	for i := range 2 {
		if r := s.apply(path, authrun.ApplyOptions{}); r.err != nil || r.summary.Failed > 0 || r.summary.Acquired != 5*(1-i) {
			t.Errorf("run %d: %+v %v", i, r.summary, r.err)
		}
	}
	if n := s.calls(); n != 5 {
		t.Errorf("%d calls, want 5", n)
	}
	// Two runtimes with stores of their own know nothing of each other.
	s.options.Backend = memory.New()
	s.run(path, func(f *authrun.Flow) {
		plan, err := f.Plan(t.Context(), authrun.ApplyOptions{}, nil)
		if err != nil || plan.Calls != 5 {
			t.Errorf("%d calls, error %v", plan.Calls, err)
		}
	})
	s.options.StoreMustExist = true
	if r := s.apply(path, authrun.ApplyOptions{}); r.err == nil {
		t.Error("a new store was made")
	}
	s.options.Key, s.options.StoreMustExist = "short", false
	if r := s.apply(path, authrun.ApplyOptions{}); r.err == nil || strings.Contains(r.err.Error(), "short\"") {
		t.Errorf("%v", r.err)
	}
}
