package cli

import (
	"context"

	"github.com/authrun/authrun/runtime"
)

func (f *played) Simulate(_ context.Context, o runtime.SimulateOptions, _ func(runtime.Event)) (runtime.Simulation, error) {
	s := f.Simulated
	s.Start, s.End, s.Every = now, now.Add(o.For), o.Every
	return s, nil
}
