package view

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/runtime"
)

// DOT writes a graph in Graphviz's language. An arrow leads from what needs to what is needed, from right to left, so that from left to right it
// is the order of the work. A block whose instances are drawn is a frame
// around them; an arrow from or to it ends at the frame.
func DOT(g runtime.Graph, o GraphOptions) string {
	d := draw(g, o)
	var text strings.Builder
	text.WriteString("digraph authrun {\n  rankdir = RL\n  compound = true\n  node [shape = box]\n")
	for _, b := range d.boxes {
		if len(b.inside) == 0 {
			text.WriteString("  " + dotBox(b) + "\n")
			continue
		}
		fmt.Fprintf(&text, "  subgraph %s {\n    label = %s\n", dotQuote(frameID(b.id)), dotQuote(b.label))
		for _, inner := range b.inside {
			text.WriteString("    " + dotBox(inner) + "\n")
		}
		text.WriteString("  }\n")
	}
	frames := d.frames()
	for _, a := range d.arrows {
		var ends []string
		if frame, ok := frames[a.from]; ok {
			a.from = frame.inside[0].id
			ends = append(ends, "ltail = "+dotQuote(frameID(frame.id)))
		}
		if frame, ok := frames[a.to]; ok {
			a.to = frame.inside[0].id
			ends = append(ends, "lhead = "+dotQuote(frameID(frame.id)))
		}
		line := "  " + dotQuote(a.from) + " -> " + dotQuote(a.to)
		if len(ends) > 0 {
			line += " [" + strings.Join(ends, ", ") + "]"
		}
		text.WriteString(line + "\n")
	}
	text.WriteString("}\n")
	return text.String()
}

// frameID is the name of a frame: Graphviz draws a subgraph as one where its name begins so.
func frameID(id string) string { return "cluster " + id }

func dotBox(b box) string {
	var attributes []string
	if b.label != b.id || strings.Contains(b.id, `\`) { // else the name is the label
		attributes = append(attributes, "label = "+dotQuote(b.label))
	}
	if b.output {
		attributes = append(attributes, "shape = note")
	}
	if len(attributes) == 0 {
		return dotQuote(b.id)
	}
	return dotQuote(b.id) + " [" + strings.Join(attributes, ", ") + "]"
}

// dotQuote writes a name or a label. A backslash begins a sequence in a label; in a name it is as good doubled.
func dotQuote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
