package catalog

import (
	"context"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// Process is a plugin that runs.
type Process interface {
	sdk.Plugin
	// Close ends the process, if need be by force, and frees what it left. It may be called again, and after the process died.
	Close() error
	// Done is closed when the process has ended, whatever the reason.
	Done() <-chan struct{}
}

// Start starts a plugin from an open, verified file. When ctx ends, a start under way does so soon, and a process that runs stays.
type Start func(ctx context.Context, b client.Binary, o client.Options) (Process, error)

// startProcess starts a real one.
func startProcess(ctx context.Context, b client.Binary, o client.Options) (Process, error) {
	p, err := client.Start(ctx, b, o)
	if err != nil {
		return nil, err // not p: a nil *client.Process is no nil Process
	}
	return p, nil
}

// builtin is a vendor inside this program, which has no process to lose.
type builtin struct{ sdk.Plugin }

// Close does nothing: the vendor belongs to who gave it.
func (builtin) Close() error { return nil }

// Done is never closed.
func (builtin) Done() <-chan struct{} { return nil }
