package credential

import (
	"fmt"
	"strings"
	"time"
)

// lasting writes a length of time as a flow would, with days and without needless zeros: "60d", "1d12h", "30m", "1h59m59s".
func lasting(d time.Duration) string {
	if d > time.Second {
		d = d.Round(time.Second)
	}
	const day = 24 * time.Hour
	if d >= day {
		text := fmt.Sprintf("%dd", d/day)
		if rest := d % day; rest > 0 {
			text += lasting(rest)
		}
		return text
	}
	text := d.String()
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}
