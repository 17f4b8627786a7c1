package credential

import (
	"errors"
	"time"

	"github.com/authrun/authrun/sdk"
)

// next says whether an operation whose n-th try failed with err is tried again, and after which wait. What a person or the vendor must
// change first is not tried again, nor is what is our own refusal.
func (r Retry) next(n int, err error) (delay time.Duration, again bool) {
	if n >= r.Attempts {
		return 0, false
	}
	var failed *Failed
	if errors.As(err, &failed) {
		return 0, false
	}
	var f *sdk.Failure
	if !errors.As(err, &f) {
		return 0, false
	}
	delay = r.delay(n)
	switch f.Class {
	case sdk.Unavailable, sdk.RateLimited:
		if f.RetryAfter > r.MaxDelay {
			return 0, false
		}
		return max(delay, f.RetryAfter), true
	case sdk.MalformedAnswer:
		// Once: a second answer without sense is how the vendor is.
		if n > 1 {
			return 0, false
		}
		return delay, true
	default:
		return 0, false
	}
}

// delay doubles from MinDelay to MaxDelay.
func (r Retry) delay(n int) time.Duration {
	delay := r.MinDelay
	for range n - 1 {
		if delay >= r.MaxDelay/2 {
			return r.MaxDelay
		}
		delay *= 2
	}
	return min(delay, r.MaxDelay)
}
