package runtime

import "strings"

// Severity is how bad a [Diagnostic] is.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Diagnostic is a message to the author of a flow: what is wrong, where, and what to do. No secret stands in it.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Summary  string   `json:"summary"`           // a few fixed words
	Detail   string   `json:"detail,omitempty"`  // what, why and what to do, in sentences
	Address  string   `json:"address,omitempty"` // of the auth block that it is about
	Range    *Range   `json:"range,omitempty"`
	Snippet  *Snippet `json:"snippet,omitempty"`
}

// Range is a place in a file.
type Range struct {
	Filename string `json:"filename"`
	Start    Pos    `json:"start"`
	End      Pos    `json:"end"` // one past the last
}

// Pos is a position in a file: lines and columns count from 1, columns in grapheme clusters, bytes from 0.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// Snippet is the source that a diagnostic is about, with its secrets hidden.
type Snippet struct {
	Context   string  `json:"context,omitempty"` // header of the block around it: auth "ippbx" "hq"
	StartLine int     `json:"start_line"`        // line number of the first line of Code
	Code      string  `json:"code"`              // whole lines, without the last line end
	Start     int     `json:"highlight_start"`   // byte offsets into Code of what is marked
	End       int     `json:"highlight_end"`
	Values    []Value `json:"values,omitempty"` // what mattered in the expression
}

// Value is an expression that mattered to a diagnostic and a phrase for its value: `var.port is 70000`.
type Value struct {
	Traversal string `json:"traversal"`
	Statement string `json:"statement"`
}

// Diagnostics are messages to the author of a flow, in the order of their places.
type Diagnostics []Diagnostic

// HasErrors tells whether one of them is an error.
func (ds Diagnostics) HasErrors() bool {
	for _, d := range ds {
		if d.Severity == SeverityError {
			return true
		}
	}
	return false
}

// Error makes Diagnostics an error for Go callers: the first error's summary and detail, and how many more there are.
func (ds Diagnostics) Error() string {
	var lines []string
	for _, d := range ds {
		if d.Severity != SeverityError {
			continue
		}
		line := d.Summary
		if d.Detail != "" {
			line += ": " + d.Detail
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
