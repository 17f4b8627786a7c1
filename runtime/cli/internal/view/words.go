package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime"
)

// done is the word for what was done.
func done(a runtime.Action) string {
	switch a {
	case runtime.ActionReuse:
		return "reused"
	case runtime.ActionRenew:
		return "renewed"
	case runtime.ActionAcquire:
		return "acquired"
	}
	return string(a)
}

// took tells how long something took, where that is long enough to be felt.
func took(d time.Duration) string {
	if d < 10*time.Millisecond {
		return ""
	}
	return " in " + Span(d)
}

// Span writes a length of time with the two largest units that matter: "212 ms", "1.4 s", "2m 5s", "6d 23h".
func Span(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return units(d, time.Minute, "m", time.Second, "s")
	case d < 24*time.Hour:
		return units(d, time.Hour, "h", time.Minute, "m")
	}
	return units(d, 24*time.Hour, "d", time.Hour, "h")
}

// rest writes how long something still lives, rounded: of a month that began a moment ago it says 30 days.
func rest(d time.Duration) string {
	switch {
	case d >= 24*time.Hour-time.Minute/2:
		return Span(d.Round(time.Hour))
	case d >= time.Hour-time.Second/2:
		return Span(d.Round(time.Minute))
	}
	if d = d.Round(time.Second); d > 0 && d < time.Minute {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return Span(d)
}

// units writes d in a large and a small unit, and leaves a small part of 0 out.
func units(d, large time.Duration, largeName string, small time.Duration, smallName string) string {
	text := fmt.Sprintf("%d%s", d/large, largeName)
	if rest := d % large / small; rest > 0 {
		text += fmt.Sprintf(" %d%s", rest, smallName)
	}
	return text
}

// because names the first few blocks that failed, because of which another was skipped; an interrupt needs none.
func because(addresses []string) string {
	const most = 3
	if len(addresses) == 0 {
		return ""
	}
	shown := addresses
	if len(shown) > most {
		shown = shown[:most]
	}
	text := visible(strings.Join(shown, ", "))
	if more := len(addresses) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return ", because " + text + " failed"
}

// untouched tells whether no block's turn came.
func untouched(s runtime.Summary) bool {
	return s.Reused+s.Renewed+s.Acquired+s.Failed+s.Skipped == 0
}

// summary is the last line of an apply.
func summary(s runtime.Summary) string {
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{s.Reused, "reused"}, {s.Renewed, "renewed"}, {s.Acquired, "acquired"}, {s.Failed, "failed"}, {s.Skipped, "skipped"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.word))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing to do")
	}
	return fmt.Sprintf("%s; %s, %s.", strings.Join(parts, ", "), Count(s.VendorCalls, "vendor call"), Span(s.Elapsed))
}

// Count writes a number and the word for what is counted: "no vendor calls", "1 vendor call", "2 vendor calls".
func Count(n int, word string) string {
	switch n {
	case 0:
		return "no " + word + "s"
	case 1:
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
