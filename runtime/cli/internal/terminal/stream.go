package terminal

import (
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// Screen is a writer that shows what is written to a person. Tests pass one of their own; for the process's streams it is an *os.File.
type Screen interface {
	io.Writer
	// Size is the number of columns and rows now; ok is false where it is not known.
	Size() (columns, rows int, ok bool)
}

// What is assumed of a terminal that does not tell its size.
const (
	defaultColumns = 80
	defaultRows    = 24
)

// Stream is an output of the program: a terminal, or a pipe or file. It remembers the first error of a write, so that a program whose results
// did not arrive can say so at its end, and can finish its work although nobody reads what it says. It may be used by several goroutines.
type Stream struct {
	w    io.Writer
	size func() (columns, rows int, ok bool) // nil: no terminal
	dumb bool

	mu  sync.Mutex
	err error
}

// NewStream makes a Stream of w. It is a terminal where w is a [Screen], or an *os.File that the system says is one. A dumb terminal, which
// TERM=dumb tells, can neither move its cursor nor show colours.
func NewStream(w io.Writer, dumb bool) *Stream {
	s := &Stream{w: w, dumb: dumb}
	switch screen := w.(type) {
	case Screen:
		s.size = screen.Size
	case *os.File:
		if fd := int(screen.Fd()); term.IsTerminal(fd) {
			s.dumb = s.dumb || !obeys(fd)
			s.size = func() (int, int, bool) {
				columns, rows, err := term.GetSize(fd)
				return columns, rows, err == nil
			}
		}
	}
	return s
}

// IsTerminal tells whether a person reads this.
func (s *Stream) IsTerminal() bool { return s.size != nil }

// IsLive tells whether lines on it can be redrawn.
func (s *Stream) IsLive() bool { return s.IsTerminal() && !s.dumb }

// Style colours text on it, where it can and the person wants it.
func (s *Stream) Style(wanted bool) Style { return Style{on: wanted && s.IsLive()} }

// Size is the number of columns and rows of a terminal now, never below 1; 0 and 0 for a pipe or a file, where nothing limits a line.
func (s *Stream) Size() (columns, rows int) {
	if s.size == nil {
		return 0, 0
	}
	columns, rows, ok := s.size()
	if !ok || columns < 1 || rows < 1 {
		return defaultColumns, defaultRows
	}
	return columns, rows
}

// WriteString writes text, in one write. After a write has failed nothing is tried any more.
func (s *Stream) WriteString(text string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	var n int
	n, s.err = io.WriteString(s.w, text)
	return n, s.err
}

// Write makes a Stream an io.Writer.
func (s *Stream) Write(p []byte) (int, error) { return s.WriteString(string(p)) }

// Err is the first error of a write.
func (s *Stream) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
