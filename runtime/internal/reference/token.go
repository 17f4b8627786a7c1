package reference

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// seconds says what a second acquire does to the first token.
var seconds = map[sdk.Second]string{
	sdk.KeepsFirst:    "A second acquire leaves the first token alive.",
	sdk.KillsFirst:    "A second acquire kills the first token.",
	sdk.SameToken:     "A second acquire gives the same token.",
	sdk.UnknownSecond: "What a second acquire does to the first token is not known; authrun takes it that it kills it.",
}

func token(b *strings.Builder, t sdk.Token) {
	b.WriteString("## Token\n\n")
	if t.From.Second == "" {
		b.WriteString("- " + seconds[t.Second])
		if t.Second == sdk.SameToken && t.FreshWithin > 0 {
			fmt.Fprintf(b, " Only in its last %s there is a new one.", span(t.FreshWithin))
		}
		if t.Second == sdk.KillsFirst && t.Overlap > 0 {
			fmt.Fprintf(b, " The first lives on for %s.", span(t.Overlap))
		}
		b.WriteString("\n")
	} else {
		b.WriteString("- What a second acquire does to the first token is said by the argument " + code(t.From.Second) + ".\n")
	}
	if t.Sliding {
		b.WriteString("- Any use prolongs its life.\n")
	}
	for _, p := range t.Use {
		fmt.Fprintf(b, "- Later requests carry it in the %s: %s.\n", places[p.In], code(p.Name+placed[p.In]+p.Value))
	}
	for _, e := range t.Dead {
		b.WriteString("- It is dead where an answer has " + evidence(e) + ".")
		if e.Weak {
			b.WriteString(" The vendor answers so to other requests, too.")
		}
		b.WriteString("\n")
	}
	if t.From.Use != "" || t.From.Dead != "" {
		b.WriteString("- Where later requests carry it, and what a dead one looks like, is said by blocks of the flow.\n")
	}
}

var places = map[sdk.In]string{sdk.InHeader: "header", sdk.InQuery: "query", sdk.InCookie: "cookie", sdk.InForm: "form", sdk.InJSON: "JSON body"}

// placed stands between the name and the value of a placement.
var placed = map[sdk.In]string{sdk.InHeader: ": ", sdk.InQuery: "=", sdk.InCookie: "=", sdk.InForm: "=", sdk.InJSON: " = "}

func evidence(e sdk.Evidence) string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("the status %d", e.Status))
	}
	if e.Pointer != "" {
		values := make([]string, len(e.OneOf))
		for i, v := range e.OneOf {
			values[i] = code(v)
		}
		parts = append(parts, strings.Join(values, " or ")+" at "+code(e.Pointer))
	}
	return strings.Join(parts, " and ")
}
