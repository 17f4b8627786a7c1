package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

const (
	// maskEvery is how long a command's output is held back at most because a secret may go on in what follows. A person does not notice it.
	maskEvery = 100 * time.Millisecond
	// quietAfter is how long a command's output must be quiet, once the command has ended, until what it left running is no longer listened to.
	quietAfter = 500 * time.Millisecond
)

// command is a command that runs in place of authrun, as far as that can be.
type command struct {
	path   string
	args   []string // with its name
	env    []string
	stdin  io.Reader
	stdout mask
	stderr mask
	relay  func() (<-chan os.Signal, func())
}

// run runs the command to its end and gives its exit status. It gets the signals that come, but for those that the terminal sends to it anyway.
// The error says why it could not be started. Where ctx ends it is asked to end.
func (c *command) run(ctx context.Context, signals <-chan os.Signal) (status int, err error) {
	cmd := exec.Command(c.path)
	cmd.Args, cmd.Env, cmd.Stdin = c.args, c.env, c.stdin
	cmd.WaitDelay = maskEvery // of a standard input that is no file: nobody reads it any more
	out, err := newListener(c.stdout)
	if err != nil {
		return ExitCannotRun, err
	}
	errs, err := newListener(c.stderr)
	if err != nil {
		return ExitCannotRun, errors.Join(err, out.abandon())
	}
	cmd.Stdout, cmd.Stderr = out.writer, errs.writer
	err = cmd.Start()
	out.start()
	errs.start()
	if err != nil {
		out.ended()
		errs.ended()
		return ExitCannotRun, err
	}

	stop := c.forward(ctx, cmd.Process, signals)
	_ = cmd.Wait() // how it ended says its state
	stop()
	out.ended()
	errs.ended()
	return statusOf(cmd.ProcessState), nil
}

// forward hands signals on to a process until the function that is returned is called.
func (c *command) forward(ctx context.Context, process *os.Process, signals <-chan os.Signal) (stop func()) {
	var more <-chan os.Signal
	unlisten := func() {}
	if c.relay != nil {
		more, unlisten = c.relay()
	}
	done := make(chan struct{})
	var forwarding sync.WaitGroup
	forwarding.Go(func() {
		given := ctx.Done()
		for {
			var s os.Signal
			select {
			case <-done:
				return
			case <-given:
				given, s = nil, terminate
			case s = <-signals:
			case s = <-more:
			}
			if s != nil && !fromTerminal(s) {
				_ = process.Signal(s) // it may have ended by now
			}
		}
	})
	return func() {
		close(done)
		forwarding.Wait()
		unlisten()
	}
}

// listener reads what a command writes to one of its streams, and passes it on without its secrets.
type listener struct {
	to     mask
	reader *os.File
	writer *os.File // the command's end
	pieces chan []byte
	over   chan struct{} // closed when the command has ended
	busy   sync.WaitGroup
}

func newListener(to mask) (*listener, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &listener{to: to, reader: r, writer: w, pieces: make(chan []byte), over: make(chan struct{})}, nil
}

// start begins to listen. The command has its end of the pipe by now, or never gets it.
func (l *listener) start() {
	_ = l.writer.Close()
	l.busy.Go(l.read)
	l.busy.Go(l.pass)
}

// abandon closes a pipe that nobody uses.
func (l *listener) abandon() error { return errors.Join(l.reader.Close(), l.writer.Close()) }

// ended waits until all is passed on that the command has written before it ended.
func (l *listener) ended() {
	close(l.over)
	l.busy.Wait()
}

// read reads pieces until the last writer has closed the pipe, or pass has.
func (l *listener) read() {
	defer close(l.pieces)
	for {
		piece := make([]byte, 32<<10)
		n, err := l.reader.Read(piece)
		if n > 0 {
			l.pieces <- piece[:n]
		}
		if err != nil {
			return
		}
	}
}

// pass passes pieces on. Where nobody takes them it closes the pipe, so that the command learns of it as if it had written there itself. What the
// command started and left behind may keep the pipe open; then it ends when that is quiet.
func (l *listener) pass() {
	defer func() {
		_ = l.reader.Close()
		for range l.pieces { // until the reader knows
		}
	}()
	var pause, quiet <-chan time.Time
	over := l.over
	for {
		select {
		case piece, ok := <-l.pieces:
			if !ok {
				_ = l.to.Close()
				return
			}
			if _, err := l.to.Write(piece); err != nil {
				return
			}
			if pause == nil {
				pause = time.After(maskEvery)
			}
			if quiet != nil {
				quiet = time.After(quietAfter)
			}
		case <-pause:
			pause = nil
			if l.to.Pause() != nil {
				return
			}
		case <-over:
			over, quiet = nil, time.After(quietAfter)
		case <-quiet:
			_ = l.to.Close()
			return
		}
	}
}
