package view

import (
	"fmt"
	"strings"

	"github.com/authrun/authrun/runtime"
)

// Mermaid writes a graph as a Mermaid flowchart, which many a web page and Markdown viewer draws. It shows what [DOT] does.
func Mermaid(g runtime.Graph, o GraphOptions) string {
	d := draw(g, o)
	names := d.numbers()
	var text strings.Builder
	text.WriteString("flowchart RL\n")
	for _, b := range d.boxes {
		if len(b.inside) == 0 {
			text.WriteString("  " + mermaidBox(b, names) + "\n")
			continue
		}
		fmt.Fprintf(&text, "  subgraph %s[%s]\n", names[b.id], mermaidQuote(b.label))
		for _, inner := range b.inside {
			text.WriteString("    " + mermaidBox(inner, names) + "\n")
		}
		text.WriteString("  end\n")
	}
	for _, a := range d.arrows {
		fmt.Fprintf(&text, "  %s --> %s\n", names[a.from], names[a.to])
	}
	return text.String()
}

func mermaidBox(b box, names map[string]string) string {
	open, end := "[", "]"
	if b.output {
		open, end = "([", "])"
	}
	return names[b.id] + open + mermaidQuote(b.label) + end
}

// mermaidQuote writes text to be shown. Mermaid has no escapes but the numbers of characters; what it could take for markup gets these.
func mermaidQuote(label string) string {
	var text strings.Builder
	text.WriteByte('"')
	for _, r := range label {
		switch r {
		case '\n':
			text.WriteString("<br/>")
		case '"', '#', '<', '>', '&', '\\', '`', '*', '_', '$', ';':
			fmt.Fprintf(&text, "#%d;", r)
		default:
			text.WriteRune(r)
		}
	}
	text.WriteByte('"')
	return text.String()
}
