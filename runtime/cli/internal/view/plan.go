package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime"
)

// planned is the line for what would be done with a block.
func (t *Text) planned(e runtime.Planned, now time.Time) string {
	action := string(e.Action)
	switch e.Action {
	case runtime.ActionReuse:
		action = t.out.Green(action)
	case runtime.ActionBlocked:
		action = t.out.Red(action)
		if !e.Until.IsZero() {
			action += " until " + t.clock(e.Until)
			if left := e.Until.Sub(now); left > 0 {
				action += " (" + rest(left) + ")"
			}
		}
	case runtime.ActionUnknown:
		action = t.out.Yellow(action) + fmt.Sprintf(", 0 to %s", Count(e.Calls, "call"))
	default:
		action = t.out.Bold(action) + ", " + Count(e.Calls, "call")
	}
	return visible(e.Address) + ": " + action + ": " + visible(e.Reason)
}

// plan is the total of a plan, and what it leaves of each quota.
func (t *Text) plan(p runtime.Plan) string {
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{p.Reused, "to reuse"}, {p.Renewed, "to renew"}, {p.Acquired, "to acquire"}, {p.Unknown, "unknown"}, {p.Blocked, "blocked"},
		{p.Failed, "failed"}, {p.Skipped, "skipped"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.word))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing to do")
	}
	calls := Count(p.Calls, "vendor call")
	if p.LeastCalls < p.Calls {
		calls = fmt.Sprintf("%d to %s", p.LeastCalls, calls)
	}
	text := "\n" + t.out.Bold("Plan: "+strings.Join(parts, ", ")+"; "+calls+".")
	for _, q := range p.Quotas {
		text += fmt.Sprintf("\nAfter it %d of %s are left of the limit %q%s of %s", q.Left, Count(q.Count, "call"), q.Name, counting(q.Operations),
			q.Vendor)
		if !q.Resets.IsZero() && q.Left < q.Count {
			text += ", until " + t.clock(q.Resets)
		}
		text += "."
	}
	return text
}
