package view

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// Values writes outputs for a person, one below the other with their equals signs in a column. Sensitive ones are hidden.
func Values(outputs []runtime.Output) string {
	longest := 0
	for _, o := range outputs {
		longest = max(longest, terminal.Width(o.Name))
	}
	var text strings.Builder
	for _, o := range outputs {
		text.WriteString("  " + o.Name + strings.Repeat(" ", longest-terminal.Width(o.Name)) + " = " + Value(o, "  ") + "\n")
	}
	return text.String()
}

// Value writes the value of an output for a person: JSON, indented where it has parts, each line after the first behind prefix.
func Value(o runtime.Output, prefix string) string {
	if o.Sensitive {
		return "(sensitive)"
	}
	var text bytes.Buffer
	if err := json.Indent(&text, o.Value, prefix, "  "); err != nil {
		return terminal.Visible(string(o.Value))
	}
	return terminal.Visible(text.String())
}

// NamedOutput is an output in JSON, as a member of the object that carries its name.
type NamedOutput struct {
	Type      json.RawMessage `json:"type"`
	Sensitive bool            `json:"sensitive"`
	Value     json.RawMessage `json:"value,omitempty"`
}

// NamedOutputs are outputs by name. The values of sensitive ones are left out, unless all are shown.
func NamedOutputs(outputs []runtime.Output, showSensitive bool) map[string]NamedOutput {
	named := make(map[string]NamedOutput, len(outputs))
	for _, o := range outputs {
		n := NamedOutput{Type: o.Type, Sensitive: o.Sensitive}
		if !o.Sensitive || showSensitive {
			n.Value = o.Value
		}
		named[o.Name] = n
	}
	return named
}
