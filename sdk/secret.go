package sdk

import (
	"fmt"
	"io"
	"log/slog"
)

const hidden = "(sensitive)"

// Secret is a string that prints as "(sensitive)": with every verb of fmt, in a log line, in a panic. [Secret.Reveal] gives the string.
// (Two verbs that take no string, %p and a %w for what is no error, go round every method of a type; go vet refuses both.)
//
// Encoding is not printing: in a JSON, XML or other body it is the secret itself, since that is how it goes to the vendor.
type Secret string

// Reveal is the secret itself, for a header, a query, a form or a computation.
func (s Secret) Reveal() string { return string(s) }

// String is "(sensitive)".
func (s Secret) String() string { return hidden }

// GoString is "(sensitive)".
func (s Secret) GoString() string { return hidden }

// Format writes "(sensitive)" whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue is "(sensitive)".
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
