package view

import (
	"strconv"
	"strings"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// indent stands before every line of a diagnostic but the first.
const indent = "  "

// Diagnostic writes a diagnostic for a person: what is wrong, where, the source with the place underlined, the values that mattered, and what
// to do. It ends with a line feed. columns is the width of the screen; 0 breaks no line.
//
//	Error: Unsupported argument
//	  flow.hcl:12:3, in auth "ippbx" "hq":
//
//	  12 |   prot = 8260
//	     |   ^^^^
//
//	  An argument named "prot" is not expected here. Did you mean "port"?
func Diagnostic(d runtime.Diagnostic, style terminal.Style, columns int) string {
	var text strings.Builder
	text.WriteString(heading(d, style) + "\n")
	if place := place(d); place != "" {
		text.WriteString(indent + place + "\n")
	}
	if d.Snippet != nil && d.Range != nil {
		text.WriteString("\n")
		writeSnippet(&text, d.Snippet, style, columns)
	}
	if d.Detail != "" {
		text.WriteString("\n")
		for _, line := range terminal.Wrap(terminal.Visible(d.Detail), max(0, columns-len(indent))) {
			text.WriteString(strings.TrimRight(indent+line, " ") + "\n")
		}
	}
	return text.String()
}

func heading(d runtime.Diagnostic, style terminal.Style) string {
	label := style.Red("Error: ")
	if d.Severity == runtime.SeverityWarning {
		label = style.Yellow("Warning: ")
	}
	return label + style.Bold(visible(d.Summary))
}

// place tells the file, line and column, and the block: by its address where the diagnostic has one, which also says which instance.
func place(d runtime.Diagnostic) string {
	var parts []string
	if d.Range != nil && d.Range.Filename != "" {
		at := visible(d.Range.Filename)
		if d.Range.Start.Line > 0 {
			at += ":" + strconv.Itoa(d.Range.Start.Line) + ":" + strconv.Itoa(d.Range.Start.Column)
		}
		parts = append(parts, at)
	}
	switch {
	case d.Address != "":
		parts = append(parts, "in "+visible(d.Address))
	case d.Snippet != nil && d.Snippet.Context != "":
		parts = append(parts, "in "+visible(d.Snippet.Context))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + ":"
}
