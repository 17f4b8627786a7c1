package cli

import (
	"context"
	"errors"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// stored is what the verbs need of a *[runtime.Runtime] for a store as a whole.
type stored interface {
	Stored(ctx context.Context) ([]runtime.Status, error)
	Exchanges(ctx context.Context) ([]runtime.Exchange, error)
	Sandbox() runtime.Sandbox
	Backup(ctx context.Context, path string) (runtime.Backup, error)
	RotateKey(ctx context.Context, o runtime.RotateOptions) (runtime.Rotation, error)
	ForgetKeys(ctx context.Context) (runtime.Rotation, error)
	NewKey() (string, error)
}

// withStore opens the runtime for a verb that reads no flow.
func (p *program) withStore(ctx context.Context, v view.View, flags flowFlags, work func(s stored) error) (err error) {
	logger, err := p.logger(v)
	if err != nil {
		return err
	}
	r, err := runtime.Open(flags.options(p.env, logger))
	if err != nil {
		v.Diagnostics(diagnose("Cannot start", err))
		return errTold
	}
	defer func() {
		if closeErr := r.Close(); closeErr != nil {
			v.Diagnostics(diagnose("Cannot end in order", closeErr))
			err = errors.Join(err, errTold)
		}
	}()
	return work(r)
}
