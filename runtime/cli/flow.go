package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// flow is what the verbs need of a *[runtime.Flow]; tests have one of their own.
type flow interface {
	Validate(ctx context.Context) runtime.Diagnostics
	Apply(ctx context.Context, o runtime.ApplyOptions, events func(runtime.Event)) (runtime.Summary, error)
	Outputs(ctx context.Context) ([]runtime.Output, runtime.Diagnostics)
	Environment(ctx context.Context, o runtime.ApplyOptions, events func(runtime.Event)) ([]runtime.EnvVar, error)
	Mask(to io.Writer) *runtime.Mask
	Console(ctx context.Context) (*runtime.Console, runtime.Diagnostics)
	Names() runtime.Names
	Graph(ctx context.Context) (runtime.Graph, runtime.Diagnostics)
	Keep(ctx context.Context, o runtime.ApplyOptions, events func(runtime.Event)) (runtime.Summary, error)
	Revoke(ctx context.Context, o runtime.RevokeOptions, events func(runtime.Event)) (runtime.Revocation, error)
	Import(ctx context.Context, address string, in runtime.Imported) (runtime.Credential, error)
	Status(ctx context.Context, o runtime.StatusOptions) ([]runtime.Status, error)
	Sandbox() runtime.Sandbox
	History(ctx context.Context, addresses ...string) ([]runtime.Exchange, error)
	Backup(ctx context.Context, path string) (runtime.Backup, error)
	RotateKey(ctx context.Context, o runtime.RotateOptions) (runtime.Rotation, error)
	ForgetKeys(ctx context.Context) (runtime.Rotation, error)
	Simulate(ctx context.Context, o runtime.SimulateOptions, events func(runtime.Event)) (runtime.Simulation, error)
	Plan(ctx context.Context, o runtime.ApplyOptions, events func(runtime.Event)) (runtime.Plan, error)
	Credential(ctx context.Context, address string, o runtime.ApplyOptions, events func(runtime.Event)) (runtime.Credential, error)
}

// opener opens the runtime and reads a flow. The flow is nil where the diagnostics have errors or err is set. shut is never nil, and ends
// what was opened.
type opener func(ctx context.Context, o runtime.Options, path string, in runtime.Inputs) (f flow, shut func() error, ds runtime.Diagnostics, err error)

func openFlow(ctx context.Context, o runtime.Options, path string, in runtime.Inputs) (flow, func() error, runtime.Diagnostics, error) {
	r, err := runtime.Open(o)
	if err != nil {
		return nil, func() error { return nil }, nil, err
	}
	f, ds := r.Load(ctx, path, in)
	if ds.HasErrors() {
		return nil, r.Close, ds, nil
	}
	return f, r.Close, ds, nil
}

// withFlow reads a flow, shows what is wrong with it, and does the work of a verb on it. warned is how many warnings were shown.
func (p *program) withFlow(ctx context.Context, v view.View, path string, flags flowFlags, work func(f flow, warned int) error) (err error) {
	logger, err := p.logger(v)
	if err != nil {
		return err
	}
	f, closeFlow, ds, err := p.open(ctx, flags.options(p.env, logger), path, flags.inputs(p.env))
	defer func() {
		if closeErr := closeFlow(); closeErr != nil {
			v.Diagnostics(diagnose("Cannot end in order", closeErr))
			err = errors.Join(err, errTold)
		}
	}()
	if err != nil {
		v.Diagnostics(diagnose("Cannot start", err))
		return errTold
	}
	v.Diagnostics(ds)
	if f == nil {
		return errTold
	}
	return work(f, len(ds))
}

// flowArgs splits the arguments of a verb that takes [FLOW [NAME]], and refuses more than most.
func flowArgs(verb string, args []string, most int) (path string, rest []string, err error) {
	if len(args) > most {
		return "", nil, usage(verb, fmt.Sprintf("%q is one argument too many", args[most]))
	}
	if len(args) == 0 {
		return ".", nil, nil
	}
	return args[0], args[1:], nil
}
