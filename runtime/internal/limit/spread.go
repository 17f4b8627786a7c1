package limit

import (
	"time"

	"github.com/authrun/authrun/sdk"
)

// spread is when the next call may be made, where need units of a quota are there at the time free: then, but after a call that failed later.
//
// It keeps what is left of a small quota for when the vendor works again. A back-off of minutes would use a month's calls up in the first ten
// minutes of an outage, and nothing would be left when it ends. So from the half of the quota on a call that follows a failed one waits for
// a part of what remains of the window, a larger one with each unit less: a fourth with one unit left, a sixteenth with two. The vendor's
// own refusals do not count here, since a mended secret is worth a call at once, and the refused one is latched. Force passes it: a person
// knows that the vendor works.
func spread(ask Ask, q sdk.Quota, counting []Row, u Usage, need int, free time.Time) time.Time {
	if ask.Force || q.Count >= fewUnits || !faulty(counting) {
		return free
	}
	last, remaining := counting[len(counting)-1].At, q.Sliding
	if remaining == 0 {
		if free.Equal(u.Reset) {
			return free // The next window has all units again.
		}
		remaining = u.Reset.Sub(last)
	}
	var until time.Time
	for left := max(u.Left, need); ; left++ {
		at := free
		if left > max(u.Left, need) {
			at = refilled(q, counting, free, left)
		}
		part := last.Add(remaining >> (2 * left))
		if left <= q.Count/2 && part.After(at) {
			at = part
		}
		if until.IsZero() || at.Before(until) {
			until = at
		}
		if left > q.Count/2 || q.Sliding == 0 { // Only from a sliding window units come back one by one.
			return until.In(u.Since.Location())
		}
	}
}

// faulty tells whether the vendor did not work when it was called last. A last row without an outcome may be a call that is under way.
func faulty(rows []Row) bool {
	if n := len(rows); n > 0 && rows[n-1].Outcome == "" {
		rows = rows[:n-1]
	}
	if len(rows) == 0 {
		return false
	}
	last := rows[len(rows)-1]
	switch sdk.Class(last.Outcome) {
	case "ok", sdk.InvalidCredentials, sdk.InvalidRequest, sdk.TokenDead, sdk.InteractionRequired:
		return false
	}
	return !last.Step
}
