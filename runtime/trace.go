package runtime

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/trace"
	"github.com/authrun/authrun/sdk"
)

// Trace writes what is said between this host and vendors: a line of JSON for each try of an operation that asked for an exchange, when all
// secrets are known that it brought. Only what is known to be harmless is shown in it (names, numbers, booleans, the values of arguments that
// are not sensitive, general words of HTTP interfaces), and of all other text the length. The lines are a script for `authrun plugin test`.
//
// Several runs may share one, at the same time.
type Trace struct {
	to io.Writer

	mu    sync.Mutex
	begun bool
	err   error
}

// NewTrace makes a Trace that writes to another writer: whole lines, each by one call of its Write. Nothing is written before there is an
// operation to tell of.
func NewTrace(to io.Writer) *Trace { return &Trace{to: to} }

// Err is the first error of a write, after which nothing more was written. What is traced goes on without its trace.
func (t *Trace) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func (t *Trace) write(line []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		return
	}
	if !t.begun {
		line = append(trace.Head("authrun "+Version), line...)
	}
	n, err := t.to.Write(line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if err != nil {
		t.err = fmt.Errorf("the trace could not be written: %w", err)
	}
	t.begun = true
}

// tell writes how one try of a block's operation went.
func (r *Runtime) tell(t *Trace, b credential.Block, told credential.Told) {
	o := trace.Operation{
		Address: b.Address, Schema: b.Schema, Operation: told.Operation, Config: b.Config, Held: told.Held, Began: told.Began, Took: told.Took,
		Exchanges: told.Exchanges, Result: told.Result, Secret: func(text string) bool { return r.secrets.String(text) != text },
	}
	var vendor *sdk.Failure
	var own *credential.Failed
	switch {
	case told.Err == nil:
	case errors.As(told.Err, &own):
		o.Unfinished = own.Class
	case errors.As(told.Err, &vendor):
		o.Failure = vendor
	default:
		o.Unfinished = ClassPlugin
	}
	t.write(o.Line())
}
