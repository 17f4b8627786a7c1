package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

const (
	tabStop     = 4   // columns between the tab stops of shown source
	mostLines   = 8   // of one snippet; the middle of a longer one is left out
	mostColumns = 200 // of a line of source where no screen limits it
)

// writeSnippet writes the source with its marked part underlined, and what the values in it were.
func writeSnippet(text *strings.Builder, s *runtime.Snippet, style terminal.Style, columns int) {
	lines := strings.Split(s.Code, "\n")
	gutter := len(strconv.Itoa(s.StartLine + len(lines) - 1))
	room := mostColumns
	if columns > 0 {
		room = max(20, columns-len(indent)-gutter-len(" | "))
	}

	offset := 0
	for i, line := range lines {
		begin, end := s.Start-offset, s.End-offset
		offset += len(line) + 1
		if len(lines) > mostLines && i >= mostLines/2 && i < len(lines)-mostLines/2 {
			if i == mostLines/2 {
				fmt.Fprintf(text, "%s%*s\n", indent, gutter, "...")
			}
			continue
		}
		shown := showLine(strings.TrimSuffix(line, "\r"), begin, end, room)
		fmt.Fprintf(text, "%s%s\n", indent, strings.TrimRight(fmt.Sprintf("%*d | %s", gutter, s.StartLine+i, shown.text), " "))
		if shown.marks != "" {
			fmt.Fprintf(text, "%s%*s | %s%s\n", indent, gutter, "", shown.before, style.Red(shown.marks))
		}
	}
	for _, v := range s.Values {
		fmt.Fprintf(text, "%s%*s | %s\n", indent, gutter, "", style.Dim(visible(v.Traversal)+" "+visible(v.Statement)))
	}
}

// shownLine is a line of source as it stands on a screen, and the carets for the line below it.
type shownLine struct {
	text   string
	before string // spaces up to the carets
	marks  string // empty where nothing of the line is marked
}

// cell is one character of a line on a screen.
type cell struct {
	text   string
	width  int
	marked bool
}

// showLine lays out a line whose bytes from begin to end are marked; both may lie outside of it. Of a line wider than room the part around
// the mark is shown.
func showLine(line string, begin, end, room int) shownLine {
	cells := cellsOf(line, begin, end)
	if begin >= 0 && begin == end && begin >= len(line) && begin <= len(line)+1 { // what is missing at the end of the line
		cells = append(cells, cell{text: " ", width: 1, marked: true})
	}
	cells = window(cells, room)

	var shown shownLine
	var text, marks strings.Builder
	spaces, first := 0, -1
	for _, c := range cells {
		text.WriteString(c.text)
		if c.marked && first < 0 {
			first = spaces
		}
		spaces += c.width
		if first >= 0 {
			mark := " "
			if c.marked {
				mark = "^"
			}
			marks.WriteString(strings.Repeat(mark, c.width))
		}
	}
	shown.text = strings.TrimRight(text.String(), " ")
	if first >= 0 {
		shown.before = strings.Repeat(" ", first)
		shown.marks = strings.TrimRight(marks.String(), " ")
	}
	return shown
}

// cellsOf splits a line into characters. A tab becomes the spaces up to the next tab stop. The blanks before the text of a line are never
// marked: they are there when a mark goes over several lines.
func cellsOf(line string, begin, end int) []cell {
	cells := make([]cell, 0, len(line))
	at, column, state, inText := 0, 0, -1, false
	for rest := line; rest != ""; {
		var cluster string
		var width int
		cluster, rest, width, state = uniseg.FirstGraphemeClusterInString(rest, state)
		c := cell{text: terminal.Visible(cluster), width: width}
		switch {
		case cluster == "\t":
			c.width = tabStop - column%tabStop
			c.text = strings.Repeat(" ", c.width)
		case c.text != cluster:
			c.width = terminal.Width(c.text)
		}
		inText = inText || strings.TrimSpace(cluster) != ""
		next := at + len(cluster)
		c.marked = inText && (at < end && next > begin || begin == end && at == begin)
		cells = append(cells, c)
		at, column = next, column+c.width
	}
	return cells
}

// window keeps the cells that fit into room columns, beginning a little before the first marked one where the line is too wide.
func window(cells []cell, room int) []cell {
	total, first := 0, -1
	for i, c := range cells {
		total += c.width
		if c.marked && first < 0 {
			first = i
		}
	}
	if total <= room {
		return cells
	}
	const ellipsis = "..."
	room -= len(ellipsis)
	from := 0
	if first > 0 {
		for width := 0; first > 0 && width < room/3; first-- {
			width += cells[first-1].width
		}
		from = first
	}
	var kept []cell
	if from > 0 {
		kept = append(kept, cell{text: ellipsis, width: len(ellipsis)})
		room -= len(ellipsis)
	}
	for i, width := from, 0; i < len(cells); i++ {
		if width += cells[i].width; width > room {
			return append(kept, cell{text: ellipsis, width: len(ellipsis)})
		}
		kept = append(kept, cells[i])
	}
	return kept
}
