package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// Telling is how times and states are told to a person.
type Telling struct {
	Style terminal.Style
	Now   time.Time
	Zone  *time.Location
	// Columns is the width of the screen for sentences; 0: they are not broken.
	Columns int
}

// Status writes what is known of a credential: a line, and what is to be said of it below. withFlow names the flow, too.
func (t Telling) Status(s runtime.Status, withFlow bool) string {
	var text strings.Builder
	text.WriteString(t.Style.Bold(visible(s.Address)) + ": " + t.state(s))
	if withFlow && s.Flow != "" {
		text.WriteString(" (" + visible(s.Flow) + ")")
	}
	text.WriteString("\n")
	add := func(what, line string) {
		if line != "" {
			parts := terminal.Wrap(what+": "+visible(line), max(0, t.Columns-2*len(indent)))
			text.WriteString(indent + strings.Join(parts, "\n"+indent+indent) + "\n")
		}
	}
	add("clock", clockBehind(s))
	if s.Problem != "" {
		add("problem", s.Problem)
	} else {
		add("next", t.next(s.Next))
	}
	if s.Trouble != nil {
		add("trouble", t.trouble(*s.Trouble))
	}
	if s.Latch != nil {
		add("refused", fmt.Sprintf("%s at %s: %s", s.Latch.Class, t.clock(s.Latch.At), s.Latch.Text))
	}
	for _, l := range s.Limits {
		add("limit "+l.Name+counting(l.Operations), t.limit(l))
	}
	return text.String()
}

// state is how a credential is, how old, and until when it lives.
func (t Telling) state(s runtime.Status) string {
	switch s.State {
	case runtime.StateNone:
		return t.Style.Yellow("nothing is stored")
	case runtime.StateUnknown:
		return t.Style.Yellow("not known")
	}
	text := t.Style.Green("valid")
	if s.State == runtime.StateDead {
		text = t.Style.Red("dead")
	}
	text += fmt.Sprintf(", generation %d, %s old, ", s.Generation, Span(max(0, t.Now.Sub(s.IssuedAt))))
	switch {
	case s.ExpiresAt.IsZero():
		return text + "never expires"
	case s.ExpiresAt.After(t.Now):
		return text + "lives until " + t.at(s.ExpiresAt)
	}
	return text + "expired at " + t.clock(s.ExpiresAt)
}

// next is what is done next, when, and what set that.
func (t Telling) next(n runtime.Next) string {
	switch {
	case n.Action == "" && n.Rule == "":
		return ""
	case n.Action == "":
		return "nothing, " + n.Rule
	case n.At.IsZero():
		return string(n.Action) + ", " + n.Rule
	case !n.At.After(t.Now):
		return string(n.Action) + " now, " + n.Rule
	case n.Action == runtime.ActionBlocked:
		return "blocked until " + t.at(n.At) + ", " + n.Rule
	}
	return string(n.Action) + " at " + t.at(n.At) + ", by " + n.Rule
}

// clockBehind says that what is stored happened in the future, as far as the clock of this host goes; empty: it did not.
func clockBehind(s runtime.Status) string {
	if s.Ahead == 0 {
		return ""
	}
	return "this host's clock is " + Span(s.Ahead) + " behind what is stored; it is kept as it is, and may end earlier than is told"
}

func (t Telling) trouble(r runtime.Trouble) string {
	text := fmt.Sprintf("%s at %s", r.Class, t.clock(r.At))
	if r.Count > 1 {
		text += fmt.Sprintf(", %d in a row", r.Count)
	}
	if r.NextTry.After(t.Now) {
		text += ", next try at " + t.at(r.NextTry)
	}
	return text + ": " + r.Text
}

// counting says whose calls a limit counts, where these are not just those that acquire.
func counting(operations []string) string {
	if len(operations) == 0 || len(operations) == 1 && operations[0] == string(runtime.ActionAcquire) {
		return ""
	}
	return " (" + strings.Join(operations, ", ") + ")"
}

func (t Telling) limit(l runtime.LimitUse) string {
	text := l.Text
	if l.Count > 0 {
		text = fmt.Sprintf("%d of %s used", l.Used, Count(l.Count, "call"))
		if l.Used > 0 && !l.Resets.IsZero() {
			text += ", the next comes back at " + t.at(l.Resets)
		}
	}
	return text
}

// at is a time and how far away it is.
func (t Telling) at(at time.Time) string {
	if left := at.Sub(t.Now); left > 0 {
		return t.clock(at) + " (in " + rest(left) + ")"
	}
	return t.clock(at)
}

func (t Telling) clock(at time.Time) string { return at.In(t.Zone).Format("2006-01-02 15:04:05 MST") }

// Imported is the line for a credential that was put under care.
func (t Telling) Imported(c runtime.Credential) string {
	text := visible(c.Address) + ": " + t.Style.Green("imported") + fmt.Sprintf(", generation %d, ", c.Generation)
	if c.ExpiresAt.IsZero() {
		return text + "never expires"
	}
	return text + "lives until " + t.at(c.ExpiresAt)
}
