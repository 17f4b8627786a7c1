package cli

import (
	"context"
	"io"
	"os"
	"time"
)

// Env is the world around one run of the program.
type Env struct {
	Args       []string // without the program's own name
	Stdin      io.Reader
	Stdout     io.Writer // results; a terminal where it is an *os.File that is one, or has a method Size() (columns, rows int, ok bool)
	Stderr     io.Writer // progress, diagnostics, logs; likewise
	LookupEnv  func(name string) (value string, set bool)
	Environ    func() []string  // all of the environment, for a command that is run; nil: it is empty
	Executable string           // path of the running program, beside which plugins are looked for; empty: nowhere
	Launcher   string           // path of the program that holds plugins in their sandbox; empty: an authrun-launch beside them, if there is one
	Signals    <-chan os.Signal // the first one ends the verb in order, the second at once; nil: none comes
	// Relay begins to catch those signals that a command that is run gets beside Signals, until stop is called; nil: there are none.
	Relay func() (signals <-chan os.Signal, stop func())
	Now   func() time.Time // nil: the system's clock
	Zone  *time.Location   // in which times are shown
}

// Run carries out one command line and returns the exit status. When a second signal comes it returns although work still goes on: its caller
// must end the process then.
func Run(ctx context.Context, env Env) int { return run(ctx, env, openFlow) }

func run(ctx context.Context, env Env, open opener) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := newProgram(env, open)
	ended := make(chan int, 1)
	go func() { ended <- p.execute(ctx) }()

	for waiting := true; waiting; {
		select {
		case status := <-ended:
			return status
		case s := <-env.Signals:
			waiting = p.handOver(s)
		}
	}
	cancel()
	// Not waited for: the reader of a full pipe may be what the person interrupts.
	go p.notice("Interrupted: what is under way is finished and stored. Interrupt again to end at once.")
	select {
	case status := <-ended:
		if status != ExitDone {
			status = ExitInterrupted
		}
		return status
	case <-env.Signals:
		return ExitInterrupted
	}
}
