package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// longestLine is the number of bytes of the longest line that is read where nobody types.
const longestLine = 1 << 20

// dialogue is where lines come from: a person at a terminal, who edits them, or a pipe or file.
type dialogue struct {
	editor *terminal.Editor // nil: nobody types
	lines  *bufio.Scanner
	first  bool // no line was read yet
}

// openDialogue opens the standard input. On a terminal words are completed by c.
func (p *program) openDialogue(c evaluator) *dialogue {
	raw, ok := terminal.Keyboard(p.env.Stdin)
	if ok && p.stdout.IsLive() {
		if !p.common.quiet {
			p.say(p.stderr.Style(p.color()).Dim(consoleWelcome))
		}
		return &dialogue{editor: terminal.NewEditor(terminal.EditorOptions{In: p.env.Stdin, Screen: p.stdout, Raw: raw, Complete: c.Complete})}
	}
	in := p.env.Stdin
	if in == nil {
		in = bytes.NewReader(nil)
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	return &dialogue{lines: lines, first: true}
}

func (d *dialogue) isTerminal() bool { return d.editor != nil }

// line reads a line without its end; prompt asks for it on a terminal. When ctx ends it is not waited for.
func (d *dialogue) line(ctx context.Context, prompt string) (string, error) {
	type read struct {
		line string
		err  error
	}
	done := make(chan read, 1)
	go func() {
		line, err := d.next(prompt)
		done <- read{line, err}
	}()
	select {
	case r := <-done:
		return r.line, r.err
	case <-ctx.Done():
		d.close()
		return "", ctx.Err()
	}
}

func (d *dialogue) next(prompt string) (string, error) {
	if d.editor != nil {
		return d.editor.ReadLine(prompt)
	}
	if !d.lines.Scan() {
		err := d.lines.Err()
		if errors.Is(err, bufio.ErrTooLong) {
			err = errors.New("a line is longer than a mebibyte")
		}
		if err == nil {
			err = io.EOF
		}
		return "", err
	}
	line := d.lines.Text()
	if d.first {
		line = strings.TrimPrefix(line, "\ufeff")
		d.first = false
	}
	return line, nil
}

// close leaves the terminal as it was found.
func (d *dialogue) close() {
	if d.editor != nil {
		_ = d.editor.Close() // nothing can be done about it, and nothing is lost
	}
}
