package credential

import (
	"context"
	"net/http"
	"sync"
	"time"
)

const (
	// stall is how long a plugin may neither end its operation nor have an exchange under way.
	stall = 10 * time.Second
	// interruptGrace is the same once the run was interrupted: long enough to turn the vendor's last answer into a credential.
	interruptGrace = 2 * time.Second
)

// watch stands between a plugin and its exchanges, and ends an operation that does not get on. An exchange under way is never cut by it:
// each has a deadline of its own, and its answer may be a credential.
type watch struct {
	ctx  context.Context // of the operation; ends when the watch ends it, not with the run's
	next http.RoundTripper

	cancel context.CancelCauseFunc
	detach func() bool
	mu     sync.Mutex
	under  int // exchanges under way
	limit  time.Duration
	why    error
	timer  *time.Timer
}

func newWatch(run context.Context, next http.RoundTripper) *watch {
	w := &watch{next: next, limit: stall, why: &Failed{Class: ClassPlugin,
		Text: "The plugin neither answered nor asked for a vendor call for " + stall.String() + ". This is a bug in the plugin."}}
	w.ctx, w.cancel = context.WithCancelCause(context.WithoutCancel(run))
	w.timer = time.AfterFunc(w.limit, w.expire)
	w.detach = context.AfterFunc(run, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.limit, w.why = interruptGrace, canceled(context.Cause(run))
		if w.under == 0 {
			w.timer.Reset(w.limit)
		}
	})
	return w
}

func (w *watch) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.under == 0 {
		w.cancel(w.why)
	}
}

// stop ends the watch. It ends the operation's context too, which by then nobody uses.
func (w *watch) stop() {
	w.detach()
	w.timer.Stop()
	w.cancel(nil)
}

// RoundTrip makes an exchange, and stops the clock meanwhile.
func (w *watch) RoundTrip(req *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.under++
	w.timer.Stop()
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.under--; w.under == 0 {
			w.timer.Reset(w.limit)
		}
	}()
	return w.next.RoundTrip(req)
}
