package reference

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// limits writes what the vendor tolerates.
func limits(b *strings.Builder, d sdk.Description) {
	b.WriteString("## Limits\n\n")
	if len(d.Limits) == 0 {
		b.WriteString("The vendor names none.\n\n")
		return
	}
	b.WriteString("| name | what the vendor tolerates | counted per | operations |\n| --- | --- | --- | --- |\n")
	for _, l := range d.Limits {
		scope := make([]string, len(l.Scope))
		for i, name := range l.Scope {
			scope[i] = code(name)
		}
		counts := []string{string(sdk.OpAcquire)}
		if len(l.Counts) > 0 {
			counts = counts[:0]
			for _, op := range l.Counts {
				counts = append(counts, string(op))
			}
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", l.Name, tolerated(l), strings.Join(scope, ", "), strings.Join(counts, ", "))
	}
	b.WriteString("\nEvery call that may have reached the vendor counts, a failed one too.")
	for _, l := range d.Limits {
		if l.Quota != nil && l.Quota.Count > 1 {
			fmt.Fprintf(b, " A block can hold itself to fewer: `limit %q { count = %d }`.", l.Name, max(1, l.Quota.Count*8/10))
			break
		}
	}
	b.WriteString("\n\n")
}

func tolerated(l sdk.Limit) string {
	switch {
	case l.Quota != nil && l.Quota.Per != "":
		zone := l.Quota.Zone
		if zone == "" {
			zone = "UTC"
		}
		return fmt.Sprintf("%d calls in a calendar %s of %s", l.Quota.Count, l.Quota.Per, zone)
	case l.Quota != nil:
		return fmt.Sprintf("%d calls in any %s", l.Quota.Count, span(l.Quota.Sliding))
	case l.Lockout != nil:
		return fmt.Sprintf("%d refusals in a row, then nothing works for %s", l.Lockout.Refusals, span(l.Lockout.Hold))
	}
	return "a call every " + span(l.MinInterval)
}
