package limit

import (
	"fmt"
	"net/http"
	"time"

	"github.com/authrun/authrun/sdk"
)

// judgeLockout stops one short of the number of refusals at which the vendor locks out, for as long as its lock would hold. When that is
// over there is one try; if it is refused, too, the hold begins again.
func judgeLockout(ask Ask, now time.Time, l sdk.Limit, rows []Row) Verdict {
	stop := max(1, l.Lockout.Refusals-1)
	refusals, last := inARow(rows, stop)
	left := last.At.Add(l.Lockout.Hold).Sub(now)
	if refusals < stop || left <= 0 || ask.Force {
		return Verdict{}
	}
	until := ask.Now.Add(left)
	reason := fmt.Sprintf("The vendor locks out after %d refusals in a row, and there were %d; nothing is sent until %s (limit %q).",
		l.Lockout.Refusals, refusals, moment(until), l.Name)
	if last.Outcome == string(sdk.LockedOut) {
		reason = fmt.Sprintf("The vendor locked us out at %s; nothing is sent until %s (limit %q).", moment(last.At), moment(until), l.Name)
	}
	return Verdict{Answer: Refuse, Class: sdk.LockedOut, Wait: left, Until: until, Reason: reason}
}

// inARow counts the refusals since the last success, and gives the last one. A lock-out counts as many as lead to one. What is neither a
// refusal nor a success (the vendor was out of order) does not end the row.
func inARow(rows []Row, stop int) (refusals int, last Row) {
	for _, r := range rows {
		switch {
		case r.Step:
		case r.Outcome == "ok":
			refusals = 0
		case r.Outcome == string(sdk.LockedOut):
			refusals, last = max(refusals+1, stop), r
		case refused(r):
			refusals, last = refusals+1, r
		}
	}
	return refusals, last
}

// refused tells whether the vendor may have taken the exchange for a wrong password: it said so, it never answered, or nobody can tell what
// it said.
func refused(r Row) bool {
	if r.Status == 0 {
		return true
	}
	switch sdk.Class(r.Outcome) {
	case sdk.InvalidRequest, sdk.RateLimited, sdk.QuotaExhausted, sdk.Unavailable, sdk.TokenDead, sdk.InteractionRequired:
		return false
	case sdk.MalformedAnswer:
		return r.Status < http.StatusMultipleChoices // It was asked, and what it said may have been a refusal.
	}
	return true
}
