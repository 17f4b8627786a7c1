// Package limit judges whether a vendor tolerates one more exchange.
//
// It is pure: what it needs to know (the limits, the rows of the ledger that count for them, the time) comes in, and what it finds goes out.
// It reads no store and no clock and keeps no counter. It may be imported by the runtime and its rooms.
package limit

import (
	"slices"

	"github.com/authrun/authrun/sdk"
)

// fewUnits is the size of a quota below which one exchange too many matters to its user.
const fewUnits = 100

// usualAttempts is how many tries one run of an operation has where nothing says otherwise.
const usualAttempts = 4

// DefaultAttempts is how many tries one run of op has at most where the flow does not say: 1 where a quota of fewer than 100 units counts
// op's exchanges, since each try may have used one up whatever came back; else 4.
func DefaultAttempts(limits []sdk.Limit, op sdk.Operation) int {
	for _, l := range limits {
		if l.Quota != nil && l.Quota.Count < fewUnits && Counts(l, op) {
			return 1
		}
	}
	return usualAttempts
}

// Counts tells whether the exchanges of op count for a limit. A limit that names no operation counts those of acquire.
func Counts(l sdk.Limit, op sdk.Operation) bool {
	if len(l.Counts) == 0 {
		return op == sdk.OpAcquire
	}
	return slices.Contains(l.Counts, op)
}
