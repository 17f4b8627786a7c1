package terminal

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Wrap breaks text into lines of at most columns. It breaks at spaces and between Chinese, Japanese and Korean characters where their rules
// allow it, never inside a word, so that a path, a URL or a flag can be copied whole; such a word may be wider than a line. A line that begins
// with a space or tab is left as it is: it is a command or a list. With columns of 0 only the line ends of the text count.
func Wrap(text string, columns int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if columns <= 0 || Width(line) <= columns || strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, wrapLine(line, columns)...)
	}
	return lines
}

func wrapLine(line string, columns int) []string {
	var lines []string
	var current strings.Builder
	width := 0
	for _, piece := range pieces(line) {
		cells := Width(strings.TrimRight(piece, " "))
		if width > 0 && width+cells > columns {
			lines = append(lines, strings.TrimRight(current.String(), " "))
			current.Reset()
			width = 0
		}
		current.WriteString(piece)
		width += Width(piece)
	}
	return append(lines, strings.TrimRight(current.String(), " "))
}

// pieces cuts a line into what is kept together: words with the spaces after them, and single wide characters with the punctuation that may
// not be parted from them.
func pieces(line string) []string {
	var all []string
	start, state := 0, -1
	for at := 0; at < len(line); {
		var segment string
		segment, _, _, state = uniseg.FirstLineSegmentInString(line[at:], state)
		at += len(segment)
		if at == len(line) || strings.HasSuffix(segment, " ") || isWideAt(line, at) {
			all = append(all, line[start:at])
			start = at
		}
	}
	return all
}

// isWideAt tells whether the character before or after a place in a line takes two columns.
func isWideAt(line string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(line[:at])
	after, _ := utf8.DecodeRuneInString(line[at:])
	return Width(string(before)) == 2 || Width(string(after)) == 2
}
