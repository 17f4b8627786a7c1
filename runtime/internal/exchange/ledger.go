package exchange

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Answered is the class of an [Outcome] where the vendor answered, whatever it said.
const Answered = "ok"

// Recorder writes the ledger. Its methods may be called from many goroutines.
type Recorder interface {
	// Begin writes the row of an exchange that is about to leave, and returns its id. It may wait, until ctx ends. When it returns nil,
	// the row survives a crash; on any error nothing is sent, and the error is passed on with what it wraps.
	Begin(ctx context.Context) (id int64, err error)
	// Settle says how an exchange ended that left this host, or may have left it. ctx is never done.
	Settle(ctx context.Context, id int64, o Outcome)
	// Unsent says that an exchange certainly never left this host. ctx is never done.
	Unsent(ctx context.Context, id int64)
}

// Outcome is how an exchange ended, as far as the host can see: what a vendor's answer means is known only to its plugin.
type Outcome struct {
	Class  string        // [Answered], or the class of the failure
	Status int           // HTTP status; 0: no answer
	Took   time.Duration // by the host's clock, which may jump; never negative
}

// ledger writes down each exchange before it leaves.
type ledger struct {
	recorder Recorder
	now      func() time.Time
	next     http.RoundTripper
}

// RoundTrip sends the request once its row is written.
func (l *ledger) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		return nil, canceled(err, false)
	}
	id, err := l.recorder.Begin(ctx)
	if err != nil {
		return nil, notRecorded(ctx, err)
	}
	after := context.WithoutCancel(ctx)
	began := l.now()
	resp, err := l.next.RoundTrip(req)
	took := max(l.now().Sub(began), 0)
	if err == nil {
		l.recorder.Settle(after, id, Outcome{Class: Answered, Status: resp.StatusCode, Took: took})
		return resp, nil
	}
	if f := failureOf(err); f.Sent {
		l.recorder.Settle(after, id, Outcome{Class: string(f.Class), Took: took})
	} else {
		l.recorder.Unsent(after, id)
	}
	return nil, err
}

// notRecorded is the error of an exchange that did not leave because its row was not written. A failure that the recorder gave (a limit
// refuses the call) stays as it is.
func notRecorded(ctx context.Context, err error) error {
	var f *sdk.Failure
	switch {
	case errors.As(err, &f):
		return err
	case ctx.Err() != nil:
		return canceled(err, false)
	}
	return &withCause{failure: &sdk.Failure{Class: sdk.Unavailable, Text: "the exchange could not be written to the ledger; nothing was sent"}, cause: err}
}

// withCause is a failure that has a reason of this host's own, which callers find with errors.Is and errors.As.
type withCause struct {
	failure *sdk.Failure
	cause   error
}

// Error is the failure's text alone: it crosses to the plugin.
func (w *withCause) Error() string { return w.failure.Error() }

// Unwrap gives failure and cause.
func (w *withCause) Unwrap() []error { return []error{w.failure, w.cause} }
