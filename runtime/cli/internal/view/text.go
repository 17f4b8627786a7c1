package view

import (
	"strings"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// TextOptions say where and how a [Text] shows things.
type TextOptions struct {
	Out   *terminal.Stream // the report: a line per block, outputs, summary. nil: there is none
	Err   *terminal.Stream // progress, diagnostics, logs
	Color bool             // where a stream can show it
	Quiet bool             // only warnings and errors
	Now   func() time.Time
	Zone  *time.Location // in which times are shown
	// Ticks make the view draw again what changes with time. nil: it never does.
	Ticks <-chan time.Time
}

// Text shows things to a person. What was done to a block is a line among the results; blocks under work are shown below all lines on a
// terminal, and not at all elsewhere, unless one takes long.
type Text struct {
	o      TextOptions
	out    terminal.Style
	err    terminal.Style
	report bool
	closed chan struct{}
	idle   sync.WaitGroup // the goroutine that waits for ticks

	mu         sync.Mutex
	live       *terminal.Live
	work       work
	summarised bool
	refused    bool // an error was told
}

// NewText makes a Text. Close it.
func NewText(o TextOptions) *Text {
	t := &Text{o: o, err: o.Err.Style(o.Color), report: o.Out != nil && !o.Quiet, closed: make(chan struct{})}
	if t.report {
		t.out = o.Out.Style(o.Color)
	}
	t.live = terminal.NewLive(o.Err, t.err)
	if o.Ticks != nil && !o.Quiet {
		t.idle.Go(t.redraw)
	}
	return t
}

func (t *Text) redraw() {
	for {
		select {
		case <-t.closed:
			return
		case <-t.o.Ticks:
			t.tick()
		}
	}
}

// tick draws the blocks under work, or tells in a pipe of those that take long.
func (t *Text) tick() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.o.Now()
	if t.o.Err.IsLive() {
		t.live.Draw(t.work.lines(now))
		return
	}
	for _, line := range t.work.overdue(now) {
		t.live.Print(t.o.Err, line+"\n")
	}
}

// Close takes away the drawn lines.
func (t *Text) Close() {
	t.mu.Lock()
	select {
	case <-t.closed:
	default:
		close(t.closed)
		t.live.Draw(nil)
	}
	t.mu.Unlock()
	t.idle.Wait()
}

// Write shows lines of the log.
func (t *Text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.live.Print(t.o.Err, terminal.Visible(string(p)))
	return len(p), t.o.Err.Err()
}

// Diagnostics shows each with its place in the file.
func (t *Text) Diagnostics(ds runtime.Diagnostics) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, d := range ds {
		t.diagnostic(d)
	}
}

func (t *Text) diagnostic(d runtime.Diagnostic) {
	t.refused = t.refused || d.Severity == runtime.SeverityError
	columns, _ := t.o.Err.Size()
	t.live.Print(t.o.Err, Diagnostic(d, t.err, columns)+"\n")
}

// Doing shows what is under work now, and nothing else.
func (t *Text) Doing(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.work.only(what, t.o.Now())
}

// Event shows one thing that happened.
func (t *Text) Event(e runtime.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.o.Now()
	switch e := e.(type) {
	case runtime.AuthStart:
		t.work.start(e.Address, now)
	case runtime.AuthWait:
		t.work.wait(e, now)
		if !t.o.Err.IsLive() {
			t.note(e.Address + ": " + waiting(e, now))
		}
	case runtime.AuthDone:
		t.work.end(e.Address)
		t.authDone(e, now)
	case runtime.AuthFailed:
		t.work.end(e.Address)
		t.line(t.out.Red(visible(e.Address) + ": failed (" + e.Class + ")" + took(e.Elapsed)))
	case runtime.AuthSkipped:
		t.work.end(e.Address)
		t.line(t.out.Yellow(visible(e.Address) + ": skipped" + because(e.Because)))
	case runtime.Planned:
		t.line(t.planned(e, now))
	case runtime.AuthRevoked:
		t.line(t.revoked(e, now))
	case runtime.Revocation:
		t.line("\n" + t.out.Bold(revocation(e)))
	case runtime.Plan:
		t.line(t.plan(e))
	case runtime.Notice:
		t.note(e.Text)
	case runtime.Diagnosed:
		t.diagnostic(e.Diagnostic)
	case runtime.Outputs:
		if len(e.Outputs) > 0 {
			t.line("\n" + t.out.Bold("Outputs:") + "\n" + strings.TrimSuffix(Values(e.Outputs), "\n"))
		}
	case runtime.Summary:
		// Where the flow was refused as a whole its diagnostics say it all.
		if !t.summarised && !(t.refused && untouched(e)) {
			t.summarised = true
			t.line("\n" + t.out.Bold(summary(e)))
		}
	}
}

func (t *Text) authDone(e runtime.AuthDone, now time.Time) {
	text := visible(e.Address) + ": " + t.out.Green(done(e.Action)) + took(e.Elapsed) + ", " + t.lives(e.ExpiresAt, now)
	if e.Warning != "" {
		text += "\n  " + t.out.Yellow("warning: ") + visible(e.Warning)
	}
	t.line(text)
}

// line writes a line of the report on what was done.
func (t *Text) line(text string) {
	if t.report {
		t.live.Print(t.o.Out, text+"\n")
	}
}

// note writes a line of progress.
func (t *Text) note(text string) {
	if !t.o.Quiet {
		t.live.Print(t.o.Err, visible(text)+"\n")
	}
}

// lives tells until when a credential lives: the time for a log that is read later, the rest for whoever reads it now.
func (t *Text) lives(end, now time.Time) string {
	switch {
	case end.IsZero():
		return "never expires"
	case !end.After(now):
		return "expired at " + t.clock(end)
	}
	return "lives until " + t.clock(end) + " (" + rest(end.Sub(now)) + ")"
}

func (t *Text) clock(at time.Time) string { return at.In(t.o.Zone).Format("2006-01-02 15:04:05 MST") }

// visible makes text that came from elsewhere one safe line.
func visible(text string) string {
	return strings.ReplaceAll(terminal.Visible(text), "\n", " ")
}
