package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Width is the number of columns that text takes on a screen: a Chinese character takes two, a combining accent none.
// Control characters take none; see [Visible].
func Width(text string) int {
	if isPlain(text) {
		return len(text)
	}
	return uniseg.StringWidth(text)
}

// Truncate cuts text to at most columns, and marks the cut with an ellipsis where there is room for one. A character that takes two columns
// is never halved.
func Truncate(text string, columns int) string {
	if columns <= 0 {
		return ""
	}
	if Width(text) <= columns {
		return text
	}
	width, end := 0, 0
	for rest, state := text, -1; rest != ""; {
		var cluster string
		var cells int
		cluster, rest, cells, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if width+cells > columns-1 {
			break
		}
		width += cells
		end += len(cluster)
	}
	return text[:end] + "…"
}

// Visible makes text safe for a screen: what could move the cursor, change colours or reverse the direction of reading is replaced, and so is
// what is no UTF-8. Line feeds and tabs stay. Text that comes from a file, a plugin or a vendor goes through it before it is printed.
func Visible(text string) string {
	if strings.IndexFunc(text, isHidden) < 0 && utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if isHidden(r) {
			r = utf8.RuneError
		}
		out.WriteRune(r)
	}
	return out.String()
}

// isHidden tells whether r is a control character or one of those that order text from right to left or override its order: with these a file
// can show other text than it holds.
func isHidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r):
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
		return true
	}
	return false
}

// isPlain tells whether text is printable ASCII, each character of which takes one column.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
