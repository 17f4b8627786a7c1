package cli

import (
	"fmt"
	"slices"
	"strings"
)

// choice is a flag's value that is one of a few words.
type choice struct {
	value string
	known []string
}

// Set reads the value.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.known, text) {
		return fmt.Errorf("there is no %q; use %s", text, orList(c.known))
	}
	c.value = text
	return nil
}

// String is the value.
func (c *choice) String() string { return c.value }

// Type is the word for the value in a message.
func (c *choice) Type() string { return strings.Join(c.known, "|") }

// orList writes words as a choice: "a, b or c".
func orList(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
