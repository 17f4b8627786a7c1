package terminal

import (
	"strconv"
	"strings"
)

// Live keeps a few lines at the bottom of a terminal that change while others are printed above them. On anything but a terminal it draws
// nothing and prints at once. It is not safe for concurrent use.
type Live struct {
	screen  *Stream
	style   Style
	drawn   []int // columns of each line that stands there now
	pending []chunk
}

// chunk is text that waits until the drawn lines are taken away.
type chunk struct {
	to   *Stream
	text string
}

// NewLive makes a Live whose changing lines stand on screen, dimmed by style.
func NewLive(screen *Stream, style Style) *Live { return &Live{screen: screen, style: style} }

// Print writes whole lines that stay. While lines are drawn, those for a terminal wait for the next [Live.Draw]: otherwise each would cost a
// redraw, and thousands may come at once.
func (l *Live) Print(to *Stream, text string) {
	if len(l.drawn) == 0 || !to.IsTerminal() {
		_, _ = to.WriteString(text) // the stream remembers the error
		return
	}
	l.pending = append(l.pending, chunk{to, text})
}

// Draw replaces the drawn lines, after it has written what waited. No more lines than the screen has room for are drawn: the last one then
// says how many are missing. None: the screen is left as if nothing had been drawn.
func (l *Live) Draw(lines []string) {
	if !l.screen.IsLive() {
		return
	}
	columns, rows := l.screen.Size()
	if len(l.drawn) > 0 {
		_, _ = l.screen.WriteString(erase(l.drawn, columns))
		l.drawn = l.drawn[:0]
	}
	for _, c := range l.pending {
		_, _ = c.to.WriteString(c.text)
	}
	l.pending = l.pending[:0]
	if len(lines) == 0 || columns < 2 || rows < 2 {
		return
	}

	var text strings.Builder
	for _, line := range fit(lines, rows-1) {
		line = Truncate(line, columns-1) // the last column is left free: some terminals break the line when it is filled
		l.drawn = append(l.drawn, Width(line))
		text.WriteString(l.style.Dim(line))
		text.WriteByte('\n')
	}
	_, _ = l.screen.WriteString(text.String())
}

// erase goes up over the drawn lines and clears the screen from there. A line takes more than one row by now where the window was made
// narrower after it was drawn.
func erase(drawn []int, columns int) string {
	up := 0
	for _, width := range drawn {
		up += max(1, (width+columns-1)/columns)
	}
	return "\r\x1b[" + strconv.Itoa(up) + "A\x1b[J"
}

// fit keeps as many lines as there are rows, the last of them for a count of the others.
func fit(lines []string, rows int) []string {
	if len(lines) <= rows {
		return lines
	}
	kept := append([]string(nil), lines[:rows-1]...)
	return append(kept, "… and "+strconv.Itoa(len(lines)-rows+1)+" more")
}
