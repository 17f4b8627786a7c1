package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// Explain writes what is known of a credential as sentences, each on a line of its own, with what happens if the vendor stays down.
func (t Telling) Explain(s runtime.Status) string {
	lines := []string{t.stored(s)}
	if behind := clockBehind(s); behind != "" {
		lines = append(lines, "Beware: "+behind+".")
	}
	if s.Problem != "" {
		lines = append(lines, "It could not be looked at closer: "+s.Problem+".")
	} else {
		lines = append(lines, t.coming(s)...)
	}
	if s.Trouble != nil {
		lines = append(lines, "What failed last: "+t.trouble(*s.Trouble))
	}
	if s.Latch != nil {
		lines = append(lines, fmt.Sprintf("The vendor refused what it was sent at %s (%s): %s", t.clock(s.Latch.At), s.Latch.Class, s.Latch.Text),
			"The same is not sent again until it changes, or with --force "+s.Address+".")
	}
	for _, l := range s.Limits {
		lines = append(lines, fmt.Sprintf("Limit %q%s: %s.", l.Name, counting(l.Operations), strings.TrimSuffix(t.limit(l), ".")))
	}
	text := t.Style.Bold(visible(s.Address))
	for _, line := range lines {
		for _, part := range terminal.Wrap(visible(line), max(0, t.Columns-len(indent))) {
			text += "\n" + indent + part
		}
	}
	return text + "\n"
}

// stored says what there is.
func (t Telling) stored(s runtime.Status) string {
	switch s.State {
	case runtime.StateNone:
		return "Nothing is stored for its arguments."
	case runtime.StateUnknown:
		return "Which credential is its own is not known: not all of its arguments are."
	case runtime.StateDead:
		return fmt.Sprintf("The stored one, generation %d, was got at %s and is dead.", s.Generation, t.clock(s.IssuedAt))
	}
	text := fmt.Sprintf("The stored one, generation %d, was got at %s, %s ago.", s.Generation, t.clock(s.IssuedAt), Span(max(0, t.Now.Sub(s.IssuedAt))))
	if s.ExpiresAt.IsZero() {
		return text + " It never expires."
	}
	return text + " It lives until " + t.at(s.ExpiresAt) + "."
}

// coming says what is done next, and what if the vendor stays down.
func (t Telling) coming(s runtime.Status) []string {
	n := s.Next
	lives := s.State == runtime.StateValid
	again := "each failure makes the wait for the next try longer, from 1 s to 5 minutes"
	if slices.ContainsFunc(s.Limits, func(l runtime.LimitUse) bool { return l.Count > 0 && l.Count < 100 }) {
		again += ", to days where few of its calls are left"
	}
	again += ", or as long as the vendor says"
	switch {
	case n.Action == "":
		return []string{"Nothing is ever done about it, because " + n.Rule + "."}
	case n.Action == runtime.ActionUnknown:
		return []string{"What is to be done is not known: " + n.Rule + "."}
	case n.Action == runtime.ActionBlocked && n.At.IsZero():
		return []string{"Nothing can be done about it until something changes: " + n.Rule}
	case n.Action == runtime.ActionBlocked:
		return []string{"Nothing can be done about it until " + t.at(n.At) + ": " + n.Rule}
	case !lives:
		return []string{
			fmt.Sprintf("The next run has to get one: %s.", n.Rule),
			"If the vendor stays down, that fails, and so does what depends on it; " + again + ".",
		}
	}
	work := "get a new one"
	if n.Action == runtime.ActionRenew {
		work = "renew it"
	}
	first := fmt.Sprintf("The next run that comes after %s has to %s, by this rule: %s.", t.at(n.At), work, n.Rule)
	if !n.At.After(t.Now) {
		first = fmt.Sprintf("The next run has to %s: %s.", work, n.Rule)
	}
	return []string{first, "If the vendor stays down then, the stored one is used until " + t.clock(s.ExpiresAt) + "; " + again +
		". What needs it fails only after that."}
}
