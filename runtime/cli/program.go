package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// redrawEvery is the time between two drawings of what is under work.
const redrawEvery = 100 * time.Millisecond

// program is one run of the command line: what its verbs share.
type program struct {
	env    Env
	now    func() time.Time
	open   opener
	stdout *terminal.Stream
	stderr *terminal.Stream
	common commonFlags

	mu   sync.Mutex
	view view.View // the one that is shown now, or nil

	command atomic.Pointer[chan os.Signal] // of the command that runs and gets the signals, or nil
}

func newProgram(env Env, open opener) *program {
	p := &program{env: env, now: env.Now, open: open}
	if p.now == nil {
		p.now = time.Now // the runtime gets nil: it knows more of the system's clock than its time
	}
	dumb := p.getenv("TERM") == "dumb"
	p.stdout = terminal.NewStream(env.Stdout, dumb)
	p.stderr = terminal.NewStream(env.Stderr, dumb)
	return p
}

// execute carries out the arguments, tells what went wrong, and returns the exit status.
func (p *program) execute(ctx context.Context) int {
	root := newRoot(p)
	root.SetArgs(p.env.Args)
	err := root.ExecuteContext(ctx)
	if lost := p.stdout.Err(); err == nil && lost != nil {
		err = fmt.Errorf("the results could not be written: %w", lost)
	}
	var usage *usageError
	var status statusError
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, errTold):
	case errors.As(err, &usage):
		p.complain(usage.problem)
		p.say(usage.hint)
	default:
		p.complain(err.Error())
	}
	return ExitFailed
}

// getenv is the value of an environment variable; empty where it is not set.
func (p *program) getenv(name string) string {
	if p.env.LookupEnv == nil {
		return ""
	}
	value, _ := p.env.LookupEnv(name)
	return value
}

// color tells whether the person wants colours.
func (p *program) color() bool { return !p.common.noColor && p.getenv("NO_COLOR") == "" }

// takeSignals gives the signals that the process gets to the command that runs, until release is called.
func (p *program) takeSignals() (signals <-chan os.Signal, release func()) {
	c := make(chan os.Signal, 8)
	p.command.Store(&c)
	return c, func() { p.command.Store(nil) }
}

// handOver hands a signal to the command that runs, and tells whether there is one.
func (p *program) handOver(s os.Signal) bool {
	c := p.command.Load()
	if c == nil {
		return false
	}
	select {
	case *c <- s:
	default: // it has enough to do with those before
	}
	return true
}

// print writes results. From then on nothing is drawn on the screen any more.
func (p *program) print(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.view != nil {
		p.view.Close()
	}
	_, _ = p.stdout.WriteString(text) // the stream remembers the error, and execute tells it
}

// complain writes one line about what is wrong with the command line or the machine.
func (p *program) complain(problem string) {
	p.say(p.stderr.Style(p.color()).Red("Error: ") + terminal.Visible(problem))
}

// columns is the width of the screen that results go to; 0 where it is none.
func (p *program) columns() int {
	columns, _ := p.stdout.Size()
	return columns
}

func (p *program) say(line string) { _, _ = p.stderr.WriteString(line + "\n") }

// show makes a view the one that is shown, until the function that is returned is called.
func (p *program) show(v view.View) (done func()) {
	p.mu.Lock()
	p.view = v
	p.mu.Unlock()
	return func() {
		v.Close()
		p.mu.Lock()
		p.view = nil
		p.mu.Unlock()
	}
}

// notice tells something in between, wherever the work stands.
func (p *program) notice(text string) {
	p.mu.Lock()
	v := p.view
	p.mu.Unlock()
	if v != nil {
		v.Event(runtime.Notice{Text: text})
	}
}

// showText shows a verb to a person. report tells whether the lines on what was done are among the verb's results.
func (p *program) showText(report bool) (v view.View, done func()) {
	o := view.TextOptions{Err: p.stderr, Color: p.color(), Quiet: p.common.quiet, Now: p.now, Zone: p.env.Zone}
	if report {
		o.Out = p.stdout
	}
	ticker := time.NewTicker(redrawEvery)
	o.Ticks = ticker.C
	v = view.NewText(o)
	hide := p.show(v)
	return v, func() {
		ticker.Stop()
		hide()
	}
}

// showJSON shows a verb to a program. summary tells whether the last line is one.
func (p *program) showJSON(summary, showSensitive bool) (v view.View, done func()) {
	v = view.NewJSON(view.JSONOptions{Out: p.stdout, Log: p.stderr, Version: runtime.Version, Summary: summary, ShowSensitive: showSensitive})
	return v, p.show(v)
}
