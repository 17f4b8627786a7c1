package limit

import (
	"time"

	"github.com/authrun/authrun/sdk"
)

// How much longer than its limits look back a row is kept, so that a clock which is put right, or a flow that comes back from its plugin's
// next version, finds what it counts.
const (
	leastHorizon   = 35 * 24 * time.Hour
	lockoutHorizon = 366 * 24 * time.Hour
)

// Horizon is until when a limit may still look at the row of an exchange that is begun at now. It is generous: no less than 35 days where any
// limit counts the operation, which is more than a calendar month, and a year where it counts for a lock-out, whose refusals in a row have no
// window. Where none counts it that is now: nobody looks at the row again but people.
func Horizon(limits []sdk.Limit, op sdk.Operation, now time.Time) time.Time {
	until := now
	for _, l := range limits {
		if !Counts(l, op) {
			continue
		}
		back := leastHorizon + l.MinInterval
		switch {
		case l.Quota != nil:
			back += l.Quota.Sliding
		case l.Lockout != nil:
			back = lockoutHorizon + l.Lockout.Hold
		}
		if t := now.Add(back); t.After(until) {
			until = t
		}
	}
	return until
}
