package cli

import (
	"context"
	"slices"

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

func (f *played) Status(_ context.Context, o runtime.StatusOptions) ([]runtime.Status, error) {
	if f.ApplyProblems != nil {
		return nil, f.ApplyProblems
	}
	var asked []runtime.Status
	for _, s := range f.Credentials {
		if len(o.Targets) == 0 || slices.Contains(o.Targets, s.Address) {
			asked = append(asked, s)
		}
	}
	return asked, wordsError(f.ApplyError)
}

func (f *played) Sandbox() runtime.Sandbox { return f.Holds }

func (f *played) History(_ context.Context, addresses ...string) ([]runtime.Exchange, error) {
	return slices.DeleteFunc(slices.Clone(f.Ledger), func(e runtime.Exchange) bool {
		return len(addresses) > 0 && !slices.Contains(addresses, e.Address)
	}), wordsError(f.ApplyError)
}

func (f *played) Revoke(ctx context.Context, o runtime.RevokeOptions, events func(runtime.Event)) (runtime.Revocation, error) {
	if f.Counted != "" && (o.Confirm == nil || !o.Confirm([]string{f.Counted})) {
		return runtime.Revocation{}, runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: "Not confirmed"}}
	}
	_, err := f.Apply(ctx, runtime.ApplyOptions{Targets: o.Targets}, events)
	var done runtime.Revocation
	for _, e := range f.Events {
		if r, ok := e.Event.(runtime.Revocation); ok {
			done = r
		}
	}
	return done, err
}

func (f *played) Backup(_ context.Context, path string) (runtime.Backup, error) {
	return runtime.Backup{Path: path}, nil
}

func (f *played) RotateKey(context.Context, runtime.RotateOptions) (runtime.Rotation, error) {
	return runtime.Rotation{}, nil
}

func (f *played) ForgetKeys(context.Context) (runtime.Rotation, error) {
	return runtime.Rotation{}, nil
}

func (f *played) Import(context.Context, string, runtime.Imported) (runtime.Credential, error) {
	return f.Gives, wordsError(f.ApplyError)
}

func (f *played) Keep(ctx context.Context, o runtime.ApplyOptions, events func(runtime.Event)) (runtime.Summary, error) {
	s, err := f.Apply(ctx, o, events)
	if ctx.Err() != nil {
		return s, nil
	}
	return s, err
}
