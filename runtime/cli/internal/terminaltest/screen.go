// Package terminaltest has a terminal for tests: it understands the few sequences that package terminal writes, and tells what a person would
// see. Only tests import it.
package terminaltest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
)

// Screen is a terminal of a size that a test chooses. What scrolls off its top is kept.
type Screen struct {
	Columns, Rows int

	lines []string // as they were written; a long one stands on several rows
	Raw   strings.Builder
}

var sequence = regexp.MustCompile(`^\x1b\[([0-9]*)([A-Za-z])`)

// New makes an empty Screen.
func New(columns, rows int) *Screen {
	return &Screen{Columns: columns, Rows: rows, lines: []string{""}}
}

// Size is the size now.
func (s *Screen) Size() (columns, rows int, ok bool) { return s.Columns, s.Rows, true }

// Write shows text. It panics on a sequence that it does not know: then it must learn it.
func (s *Screen) Write(p []byte) (int, error) {
	s.Raw.Write(p)
	for text := string(p); text != ""; {
		switch m := sequence.FindStringSubmatch(text); {
		case m != nil:
			s.obey(m[1], m[2])
			text = text[len(m[0]):]
		case text[0] == '\n':
			s.lines = append(s.lines, "")
			text = text[1:]
		case text[0] == '\r':
			if s.last() != "" {
				panic("a carriage return in the middle of a line")
			}
			text = text[1:]
		default:
			var cluster string
			cluster, text, _, _ = uniseg.FirstGraphemeClusterInString(text, -1)
			s.lines[len(s.lines)-1] += cluster
		}
	}
	return len(p), nil
}

func (s *Screen) last() string { return s.lines[len(s.lines)-1] }

func (s *Screen) obey(number, letter string) {
	switch letter {
	case "m": // colours are not seen here
	case "J": // what is below the cursor is gone already: see A
	case "A":
		n, _ := strconv.Atoi(number)
		s.up(min(n, s.Rows-1))
	default:
		panic(fmt.Sprintf("unknown sequence ESC [ %s %s", number, letter))
	}
}

// up moves the cursor up over rows, which are erased by the sequence that follows.
func (s *Screen) up(rows int) {
	for ; rows > 0 && len(s.lines) > 1; rows-- {
		s.lines = s.lines[:len(s.lines)-1]
		if all := s.rowsOf(s.last()); all > 1 && rows < all {
			panic("the cursor stops in the middle of a line")
		} else {
			rows -= all - 1
		}
		s.lines[len(s.lines)-1] = ""
	}
}

func (s *Screen) rowsOf(line string) int {
	return max(1, (uniseg.StringWidth(line)+s.Columns-1)/s.Columns)
}

// Text is all that was shown and not erased, what scrolled off included.
func (s *Screen) Text() string { return strings.Join(s.lines, "\n") }

// UsedRows is how many rows all lines take.
func (s *Screen) UsedRows() int {
	n := 0
	for _, line := range s.lines {
		n += s.rowsOf(line)
	}
	return n
}
