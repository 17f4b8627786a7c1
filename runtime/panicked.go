package runtime

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/credential"
)

// errPanicked says that a function which the program gave panicked. What it panicked with may hold anything, and goes to the log only.
var errPanicked = errors.New("a function that the program gave to authrun panicked; the log says where")

// panicked logs a panic of a function of the program (a store, a clock, a transport, a listener), which must not take the program down: v is what
// recover gave.
func (r *Runtime) panicked(doing string, v any) error {
	r.log.Error("panic", slog.String("doing", doing), slog.String("value", r.secrets.String(fmt.Sprint(v))),
		slog.String("stack", r.secrets.String(string(debug.Stack()))))
	return fmt.Errorf("%s: %w", doing, errPanicked)
}

// shielded does something that calls functions of the program, on a goroutine of the runtime: a panic ends it, and not the program.
func (r *Runtime) shielded(doing string, do func()) {
	defer func() {
		if v := recover(); v != nil {
			_ = r.panicked(doing, v)
		}
	}()
	do()
}

// guarded is ensure for functions of the program that may panic: that fails their own block.
func (a *apply) guarded(ensure func() (AuthDone, string, hcl.Diagnostics), i int) (done AuthDone, class string, diags hcl.Diagnostics) {
	defer func() {
		if v := recover(); v != nil {
			err := a.flow.rt.panicked("make "+a.instances[i].Addr.String()+" valid", v)
			class, diags = ClassPlugin, hcl.Diagnostics{a.failure(i, &credential.Failed{Class: ClassPlugin, Summary: "Program panicked", Text: err.Error(), Err: err})}
		}
	}()
	return ensure()
}
