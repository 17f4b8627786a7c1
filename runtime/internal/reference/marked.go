package reference

import (
	"errors"
	"strings"
)

// The marks between which a page holds a plugin's reference. What stands around them is its author's.
const (
	Begin = "<!-- reference: made by \"authrun plugin docs\"; do not edit -->"
	End   = "<!-- end of the reference -->"
)

// ErrNoMarks says that a page has no place for a reference.
var ErrNoMarks = errors.New("the page has no place for the reference, which goes between the line\n  " + Begin + "\nand the line\n  " + End)

// Insert puts a reference between the marks of a page, in place of what is there. Its error is [ErrNoMarks].
func Insert(page, markdown string) (string, error) {
	before, rest, begins := strings.Cut(page, Begin)
	_, after, ends := strings.Cut(rest, End)
	if !begins || !ends {
		return "", ErrNoMarks
	}
	return before + Begin + "\n\n" + strings.TrimSpace(markdown) + "\n\n" + End + after, nil
}
