package cli

import (
	"context"

	"github.com/authrun/authrun/runtime"
)

func (f *played) Plan(ctx context.Context, o runtime.ApplyOptions, events func(runtime.Event)) (runtime.Plan, error) {
	_, err := f.Apply(ctx, o, events)
	var plan runtime.Plan
	for _, e := range f.Events {
		if p, ok := e.Event.(runtime.Plan); ok {
			plan = p
		}
	}
	return plan, err
}
