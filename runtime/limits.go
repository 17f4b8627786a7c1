package runtime

import (
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/sdk"
)

// LimitUse is how much is used of what a vendor tolerates.
type LimitUse struct {
	Name       string   // as the plugin calls it, or the flow
	Operations []string // whose calls it counts: acquire, renew, revoke
	Text       string   // for a person
	Free       bool     // one more call would be allowed now

	// Of a quota; 0 of other limits.
	Count  int // calls that it allows in a window, or that the flow does
	Used   int
	Left   int
	Resets time.Time // when the next call comes back
}

func wordsOf(operations []sdk.Operation) []string {
	all := make([]string, len(operations))
	for i, op := range operations {
		all[i] = string(op)
	}
	return all
}

// limitUses are the limits of a block as they are shown.
func limitUses(limits []credential.LimitState) []LimitUse {
	var all []LimitUse
	for _, l := range limits {
		use := LimitUse{Name: l.Limit.Name, Operations: wordsOf(l.Operations), Text: l.Text, Free: l.Free}
		if l.Limit.Quota != nil {
			use.Count, use.Used, use.Left, use.Resets = l.Limit.Quota.Count, l.Usage.Used, l.Usage.Left, l.Usage.Reset
		}
		all = append(all, use)
	}
	return all
}
