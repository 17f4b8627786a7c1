package client

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"
)

// child is a started executable: its pipes, its process group and its end. It is one per start and never restarted.
type child struct {
	cmd    *exec.Cmd
	stdin  *os.File // while this is open the plugin lives; it ends by itself when this is closed
	stdout *os.File
	stderr *os.File
	exited chan struct{} // closed when the process is gone and its state is known

	mu     sync.Mutex // guards the two below
	reaped bool       // its number may be another process's
	killed bool       // by the host
}

// startChild starts cmd with three pipes. The host's own ends are closed by release.
func startChild(cmd *exec.Cmd) (c *child, err error) {
	c = &child{cmd: cmd, exited: make(chan struct{})}
	var ours, theirs []*os.File
	defer func() {
		closeAll(theirs)
		if err != nil {
			closeAll(ours)
		}
	}()
	for range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, fmt.Errorf("make a pipe: %w", err)
		}
		if len(ours) == 0 { // standard input: the child reads
			r, w = w, r
		}
		ours, theirs = append(ours, r), append(theirs, w)
	}
	c.stdin, c.stdout, c.stderr = ours[0], ours[1], ours[2]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs[0], theirs[1], theirs[2]

	started := make(chan error)
	go c.keep(started)
	return c, <-started
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// keep starts the process, waits for its end and reaps it, all on one thread: the kernel kills the process when the thread that started
// it ends, and a host that is killed ends all its threads.
func (c *child) keep(started chan<- error) {
	unlock := lockThread()
	defer unlock()
	err := startAgainWhileBusy(c.cmd)
	started <- err
	if err != nil {
		return
	}
	c.reap()
	close(c.exited)
}

// startAgainWhileBusy starts cmd. A file that was written a moment ago counts as busy for as long as another thread of the host, which is
// starting something else, holds a copy of the writer's descriptor; so that is tried again a few times.
func startAgainWhileBusy(cmd *exec.Cmd) error {
	for wait := time.Millisecond; ; wait *= 2 {
		err := cmd.Start()
		if err == nil || !isBusy(err) || wait > 100*time.Millisecond {
			return err
		}
		time.Sleep(wait)
	}
}

// pid is the number of the process, which nobody else has until exited is closed.
func (c *child) pid() int { return c.cmd.Process.Pid }

// gone tells whether the process has ended.
func (c *child) gone() bool {
	select {
	case <-c.exited:
		return true
	default:
		return false
	}
}

// await waits until the process has ended, at most for d, and tells whether it has.
func (c *child) await(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c.exited:
		return true
	case <-timer.C:
		return false
	}
}

// kill ends the process and all that it started, at once.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.reaped {
		c.killed = true
		killGroup(c.cmd.Process)
	}
}

// release closes the host's ends of the pipes. What the process wrote last should be read by then; something that it started, and that
// escaped its group, may hold the other ends, and nobody shall wait for that.
func (c *child) release() { closeAll([]*os.File{c.stdin, c.stdout, c.stderr}) }

// stop lets the process end by itself for as long as grace, and kills it then. It tells whether killing was needed. When it returns the
// process is gone, but for one that even the kernel cannot end (it sleeps in a broken device).
func (c *child) stop(grace time.Duration) (killed bool) {
	c.stdin.Close()
	if killed = !c.await(grace); killed {
		c.kill()
		c.await(time.Second)
	}
	return killed
}

// state is how the process ended by itself, in words: "exit status 2", "signal: segmentation fault". It is "" where the process lives, or
// where the host killed it.
func (c *child) state() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.reaped || c.killed && !c.cmd.ProcessState.Exited() {
		return ""
	}
	return c.cmd.ProcessState.String()
}
