package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime"
)

// revoked is the line for what became of a credential.
func (t *Text) revoked(e runtime.AuthRevoked, now time.Time) string {
	text := visible(e.Address) + ": "
	switch {
	case e.Nothing:
		return text + "nothing was stored"
	case e.AtVendor:
		text += t.out.Green("ended") + " at the vendor, and forgotten"
	case e.DiesAt.IsZero():
		text += t.out.Yellow("forgotten") + "; the vendor cannot end it, and it never expires"
	case e.DiesAt.After(now):
		text += t.out.Yellow("forgotten") + "; the vendor cannot end it, and it lives until " + t.clock(e.DiesAt) + " (" + rest(e.DiesAt.Sub(now)) + ")"
	default:
		text += "forgotten; it was dead"
	}
	if e.Text != "" {
		text += " (" + visible(e.Text) + ")"
	}
	return text
}

// revocation is the last line of a revoke.
func revocation(r runtime.Revocation) string {
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{r.Ended, "ended"}, {r.Forgotten, "forgotten"}, {r.Nothing, "not stored"}, {r.Failed, "failed"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.word))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing to do")
	}
	return strings.Join(parts, ", ") + "; " + Count(r.VendorCalls, "vendor call") + "."
}
