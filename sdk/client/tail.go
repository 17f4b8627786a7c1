package client

import (
	"bufio"
	"io"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
)

const (
	tailLines = 200      // that are kept of what a plugin writes
	rawLine   = 16 << 10 // bytes of a line that are kept until it is redacted
	shownLine = 2 << 10  // bytes of it that are shown: so much less, that a secret cut at the end of the first is not among them
)

// tail is the last lines that a plugin wrote to its standard streams, and the way of its log lines to the host's log. The lines are kept
// as they came and redacted when somebody asks for them, whole, since a secret may have several lines and may be learned later.
type tail struct {
	redact func(string) string
	log    hclog.Logger // nil: nowhere
	ended  chan struct{}

	mu    sync.Mutex
	lines []string // a ring once it is full
	next  int      // where the next line goes in a full ring
	crash []string // from the beginning of the last crash on, at most crashLines; what follows it would push it out of the others
}

func newTail(redact func(string) string, log hclog.Logger) *tail {
	return &tail{redact: redact, log: log, ended: make(chan struct{})}
}

// read takes lines from the plugin's standard error until it ends.
func (t *tail) read(r io.Reader) {
	defer close(t.ended)
	in := bufio.NewReaderSize(r, rawLine)
	for {
		line, more, err := in.ReadLine()
		if err != nil {
			return
		}
		t.add(string(line))
		for more && err == nil { // the rest of a line that is too long
			_, more, err = in.ReadLine()
		}
	}
}

// add takes one line. A line of hclog goes to the host's log as well.
func (t *tail) add(line string) {
	if entry, ok := parseLogLine(line); ok {
		line = entry.String()
		entry.write(t.log, t.redact)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if crashBegins().MatchString(line) {
		t.crash = []string{line}
	} else if n := len(t.crash); n > 0 && n < crashLines {
		t.crash = append(t.crash, line)
	}
	if len(t.lines) < tailLines {
		t.lines = append(t.lines, line)
		return
	}
	t.lines[t.next] = line
	t.next = (t.next + 1) % tailLines
}

// last is the lines kept, redacted, the oldest first; nil where there are none.
func (t *tail) last() []string {
	t.mu.Lock()
	lines := append(append([]string(nil), t.lines[t.next:]...), t.lines[:t.next]...)
	t.mu.Unlock()
	return t.shown(lines)
}

// crashed is the lines of the last crash, redacted; nil where there was none.
func (t *tail) crashed() []string {
	t.mu.Lock()
	lines := append([]string(nil), t.crash...)
	t.mu.Unlock()
	return t.shown(lines)
}

// shown is lines fit to be shown.
func (t *tail) shown(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	lines = strings.Split(t.redact(strings.Join(lines, "\n")), "\n")
	for i, line := range lines {
		if len(line) > shownLine {
			line = line[:shownLine] + " ..."
		}
		lines[i] = strings.ToValidUTF8(line, "\uFFFD")
	}
	return lines
}

// writer takes what a plugin prints after the handshake, which comes in pieces over the connection.
type writer struct {
	tail    *tail
	partial []byte
}

// Write adds the whole lines of p, and keeps the rest for the next call. It never fails.
func (w *writer) Write(p []byte) (int, error) {
	w.partial = append(w.partial, p...)
	for {
		line, rest, whole := strings.Cut(string(w.partial), "\n")
		if !whole && len(w.partial) < rawLine {
			return len(p), nil
		}
		w.tail.add(line)
		w.partial = []byte(rest)
	}
}
