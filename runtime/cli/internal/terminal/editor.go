package terminal

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"golang.org/x/term"
)

// ErrAbandoned says that the person gave up the line with Ctrl-C.
var ErrAbandoned = errors.New("the line was given up")

// Editor reads lines that a person types on a terminal, edits, takes from a history and completes with Tab. [Editor.Close] may be called while
// a line is read; otherwise it is for one goroutine.
type Editor struct {
	in       *watched
	screen   *Stream
	raw      func() (restore func() error, err error)
	complete func(before string) (from int, words []string)
	history  history
	terminal *term.Terminal // nil: a new one begins with the next line

	mu      sync.Mutex
	restore func() error // nil: the terminal is as it was found
}

// EditorOptions are the parts of an [Editor].
type EditorOptions struct {
	In     io.Reader // keys as the terminal sends them
	Screen *Stream   // where the line is shown
	// Raw makes the terminal send every key at once and show none by itself, until restore is called. nil: it does already.
	Raw func() (restore func() error, err error)
	// Complete gives the words that may stand in place of the one before the cursor, and where that starts. nil: nothing is completed.
	Complete func(before string) (from int, words []string)
}

// NewEditor makes an Editor.
func NewEditor(o EditorOptions) *Editor {
	return &Editor{in: &watched{from: o.In}, screen: o.Screen, raw: o.Raw, complete: o.Complete}
}

// ReadLine reads a line, without its end. The error is [io.EOF] where the person ends the input with Ctrl-D, and [ErrAbandoned] after Ctrl-C.
// Between two lines the terminal is as it was found.
func (e *Editor) ReadLine(prompt string) (line string, err error) {
	if err := e.begin(); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if e.terminal == nil {
		e.terminal = term.NewTerminal(keyboard{e.in, e.screen}, prompt)
		e.terminal.History = &e.history
		e.terminal.AutoCompleteCallback = e.key
	}
	if columns, rows := e.screen.Size(); columns > 0 {
		_ = e.terminal.SetSize(columns, rows)
	}
	e.terminal.SetPrompt(prompt)
	e.in.abandoned = false
	line, err = e.terminal.ReadLine()
	switch {
	case errors.Is(err, term.ErrPasteIndicator):
		err = nil
	case e.in.abandoned:
		e.terminal = nil // the rest of the line is in it
		_, _ = e.screen.WriteString("^C\r\n")
		return "", ErrAbandoned
	case errors.Is(err, io.EOF):
		_, _ = e.screen.WriteString("\r\n")
	}
	return line, err
}

func (e *Editor) begin() error {
	if e.raw == nil {
		return nil
	}
	restore, err := e.raw()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.restore = restore
	return err
}

// Close leaves the terminal as it was found.
func (e *Editor) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.restore == nil {
		return nil
	}
	restore := e.restore
	e.restore = nil
	return restore()
}

// key completes the word before the cursor where the key is Tab: as far as all words that may stand there agree. Where that is no further than it
// stands, they are listed.
func (e *Editor) key(line string, pos int, key rune) (newLine string, newPos int, ok bool) {
	if key != '\t' || e.complete == nil {
		return "", 0, false
	}
	from, words := e.complete(line[:pos])
	if len(words) == 0 {
		return line, pos, true
	}
	common := commonStart(words)
	if common == line[from:pos] && len(words) > 1 {
		columns, _ := e.screen.Size()
		_, _ = e.terminal.Write([]byte(Columns(words, columns)))
	}
	return line[:from] + common + line[pos:], from + len(common), true
}

// commonStart is what all words begin with, in whole characters.
func commonStart(words []string) string {
	first, last := slices.Min(words), slices.Max(words)
	for i, r := range first {
		if !strings.HasPrefix(last[min(i, len(last)):], string(r)) {
			return first[:i]
		}
	}
	return first
}

// keyboard joins what is typed and what is shown.
type keyboard struct {
	io.Reader
	io.Writer
}

// watched notices Ctrl-C among the keys. The terminal takes it for the end of the input.
type watched struct {
	from      io.Reader
	abandoned bool
}

func (w *watched) Read(keys []byte) (int, error) {
	n, err := w.from.Read(keys)
	if at := slices.Index(keys[:n], ctrlC); at >= 0 {
		w.abandoned = true
		return at + 1, err // what follows was typed for nothing
	}
	return n, err
}

const ctrlC = 3

// history is the lines that were entered, the latest last. Empty ones and repetitions are left out.
type history struct{ lines []string }

// Add adds a line.
func (h *history) Add(line string) {
	if strings.TrimSpace(line) != "" && (len(h.lines) == 0 || h.lines[len(h.lines)-1] != line) {
		h.lines = append(h.lines, line)
	}
}

// Len is the number of lines.
func (h *history) Len() int { return len(h.lines) }

// At is a line, counted from the latest.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }
