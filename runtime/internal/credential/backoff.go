package credential

import (
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// After a failure nobody tries again for a time that doubles from the one to the other, whatever process it is: a restart loop must not
// become a storm of calls.
const (
	backoffMin = time.Second
	backoffMax = 5 * time.Minute
)

// backoff is the time after the n-th failure in a row.
func backoff(n int) time.Duration {
	if n >= 10 {
		return backoffMax
	}
	return min(backoffMin<<(n-1), backoffMax)
}

// trouble is what a record remembers of a failure, the n-th in a row; nil: nothing, because a latch holds it back already, or because it
// says nothing of the vendor or its plugin. A plugin that crashes is no better than a vendor that is down: it is not started in a loop, and
// what it had sent is not sent in a loop.
func trouble(failed *Failed, n int, retryAfter time.Duration, now time.Time) *store.Trouble {
	switch failed.Class {
	case ClassStore, ClassCanceled, ClassInvalidConfig, string(sdk.InvalidCredentials), string(sdk.InvalidRequest):
		return nil
	}
	delay := backoff(n)
	if retryAfter > 0 {
		delay = retryAfter
	}
	return &store.Trouble{Class: failed.Class, Text: failed.Text, At: now, NextTry: now.Add(delay), Count: n}
}

// fromFuture tells whether a time of something that has happened lies so far ahead that the clock was put back since: that is no reason to
// wait until then. One that was put back a little may be waited for.
func fromFuture(at, now time.Time) bool { return at.Sub(now) > backoffMax }

// heldBack says why an operation is not tried yet, if the last one failed a moment ago.
func heldBack(h *held, now time.Time, address string) error {
	if h == nil {
		return nil
	}
	t := h.record.Trouble
	if t.Count == 0 || !now.Before(t.NextTry) || fromFuture(t.At, now) {
		return nil
	}
	return &Failed{
		Class: t.Class, Until: t.NextTry, Held: true,
		Text: fmt.Sprintf("Not tried: the last try failed at %s, the next one is at %s. It failed with: %s",
			t.At.UTC().Format(time.RFC3339), t.NextTry.UTC().Format(time.RFC3339), t.Text),
		Advice: fmt.Sprintf("Wait until then, or run with --force %s if it was mended.", address),
	}
}
