package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/sdk"
)

// Simulation writes what became of a flow in a simulated time: the calls by day or month, the credentials, the limits, what was taken for granted,
// and last whether it fits.
func (t Telling) Simulation(s runtime.Simulation, by Period) string {
	parts := []string{t.wrapped(t.simulated(s))}
	if len(s.Calls) > 0 {
		parts = append(parts, t.callTable(s, by))
	}
	if len(s.Credentials) > 0 {
		parts = append(parts, t.credentialTable(s.Credentials))
	}
	parts = append(parts, t.used(s), t.gaps(s), t.hits(s), t.taken(s), t.verdict(s))
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "\n")
}

// simulated is the head line.
func (t Telling) simulated(s runtime.Simulation) string {
	how := `as "authrun apply --keep" would do it`
	if s.Every > 0 {
		how = fmt.Sprintf("with an apply every %s", length(s.Every))
	}
	return fmt.Sprintf("Simulated %s, from %s to %s, %s. No vendor was called.", length(s.End.Sub(s.Start)), t.clock(s.Start), t.clock(s.End), how)
}

// credentialTable tells of each credential.
func (t Telling) credentialTable(all []runtime.SimulatedCredential) string {
	rows := [][]string{{"Credential", "Lives", "Acquired", "Renewed", "Least left", "Longest gap"}}
	for _, c := range all {
		left, gap := "-", t.Style.Green("none")
		switch {
		case c.LeastLeft >= hair:
			left = Span(c.LeastLeft)
		case c.LeastLeft >= 0:
			left = t.Style.Yellow(fmt.Sprintf("%d s", c.LeastLeft/time.Second))
		}
		if len(c.Gaps) > 0 {
			left = t.Style.Red("none")
			longest := c.LongestGap()
			gap = t.Style.Red(Span(longest.To.Sub(longest.From)))
		}
		rows = append(rows, []string{visible(c.Address), lives(c), fmt.Sprint(c.Acquires), fmt.Sprint(c.Renewals), left, gap})
	}
	return t.table(rows, 2, 3)
}

// lives is how long a credential lives.
func lives(c runtime.SimulatedCredential) string {
	text := life(c.Acquired)
	if c.Renewed.For > 0 && c.Renewed.For != c.Acquired.For {
		text += ", then " + life(c.Renewed)
	}
	return text
}

func life(l runtime.Life) string {
	if l.For == sdk.Forever {
		return "for ever"
	}
	return length(l.For)
}

// used tells how much of each quota was used at most.
func (t Telling) used(s runtime.Simulation) string {
	var text strings.Builder
	for _, q := range s.Quotas {
		text.WriteString(t.wrapped(fmt.Sprintf("Of the limit %q of %s at most %d of %s were used in one window.", q.Name, q.Vendor, q.Peak,
			Count(q.Count, "call"))))
	}
	return text.String()
}

// shownMost is how many gaps and hits are told one by one.
const shownMost = 10

// gaps tells when credentials were dead.
func (t Telling) gaps(s runtime.Simulation) string {
	var lines []string
	for _, c := range s.Credentials {
		if len(c.Gaps) == 0 {
			continue
		}
		g := c.LongestGap()
		line := fmt.Sprintf("%s has no valid token for %s, from %s to %s", visible(c.Address), Span(g.To.Sub(g.From)), t.clock(g.From), t.clock(g.To))
		if len(c.Gaps) > 1 {
			line += fmt.Sprintf(", the longest of %d gaps", len(c.Gaps))
		}
		lines = append(lines, line+".")
	}
	return t.few(lines)
}

// hits tells which limits held calls back, and which were broken.
func (t Telling) hits(s runtime.Simulation) string {
	var lines []string
	for _, h := range s.Hits {
		line := fmt.Sprintf("%s is held back by the limit %q from %s", visible(h.Address), h.Limit, t.clock(h.At))
		if !h.Until.IsZero() {
			line += " to " + t.clock(h.Until)
		}
		if h.Alive {
			line += "; its token still lives then"
		}
		lines = append(lines, line+".")
	}
	for _, b := range s.Broken {
		lines = append(lines, fmt.Sprintf("The call at %s breaks the limit %q of %s. This is a bug in authrun.", t.clock(b.At), b.Limit, b.Vendor))
	}
	return t.few(lines)
}

// few writes lines, and of many the first ones.
func (t Telling) few(lines []string) string {
	if more := len(lines) - shownMost; more > 0 {
		lines = append(lines[:shownMost], fmt.Sprintf("And %d more; --json tells all.", more))
	}
	var text strings.Builder
	for _, line := range lines {
		text.WriteString(t.wrapped(line))
	}
	return text.String()
}

// taken tells what was taken for granted.
func (t Telling) taken(s runtime.Simulation) string {
	var text strings.Builder
	for _, source := range []struct {
		from runtime.LifeSource
		says string
	}{
		{runtime.LifeGiven, "given by --life"}, {runtime.LifeStored, "those of what is stored now"}, {runtime.LifePlugin, "what the plugins say is usual"},
		{runtime.LifeAssumed, "an assumption, because nobody says how long they are; give them by --life"},
	} {
		var addresses []string
		for _, c := range s.Credentials {
			if c.Acquired.From == source.from {
				addresses = append(addresses, visible(c.Address))
			}
		}
		if len(addresses) > 0 {
			text.WriteString(t.wrapped("The lives of " + several(addresses) + " are " + source.says + "."))
		}
	}
	if len(s.Supposed) > 0 {
		var arguments []string
		for _, a := range s.Supposed {
			arguments = append(arguments, visible(a.Address+" "+a.Argument))
		}
		text.WriteString(t.wrapped("These arguments have no value here, which does not matter: " + several(arguments) + "."))
	}
	return text.String()
}

// several names some of many.
func several(names []string) string {
	const most = 5
	if more := len(names) - most; more > 1 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", more)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, ", ")
}

// hair is a life left that is too short to count on: in the real world a run may come that much later.
const hair = 10 * time.Second

// verdict says whether the flow fits.
func (t Telling) verdict(s runtime.Simulation) string {
	var late []string
	for _, c := range s.Credentials {
		if c.LeastLeft >= 0 && c.LeastLeft < hair {
			late = append(late, visible(c.Address))
		}
	}
	if s.Fits() && len(late) > 0 {
		return t.wrapped(t.Style.Yellow("It fits by a hair:") + " " + several(late) + " had next to no life left when replaced, so that a run which comes late " +
			"finds it dead. Apply more often, or set a longer renew_before.")
	}
	if s.Fits() {
		return t.Style.Green("It fits:") + " no credential is ever dead, and no limit holds a call back.\n"
	}
	dead := 0
	for _, c := range s.Credentials {
		if len(c.Gaps) > 0 {
			dead++
		}
	}
	var why []string
	if dead > 0 {
		why = append(why, Count(dead, "credential")+" with gaps")
	}
	if n := len(s.Hits); n > 0 {
		why = append(why, fmt.Sprintf("limits hold calls back %s", times(n)))
	}
	if n := len(s.Broken); n > 0 {
		why = append(why, fmt.Sprintf("limits are broken %s", times(n)))
	}
	return t.Style.Red("It does not fit:") + " " + strings.Join(why, ", ") + ".\n"
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// wrapped is a sentence in the width of the screen, with a line feed.
func (t Telling) wrapped(sentence string) string {
	return strings.Join(terminal.Wrap(sentence, t.Columns), "\n") + "\n"
}

// length writes a length of time without what is zero in it: "90d", "1h 30m", "15m".
func length(d time.Duration) string {
	switch {
	case d < time.Minute:
		return Span(d)
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return rest(d)
}
