package client

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// runner is how go-plugin starts, watches and ends a plugin: by way of a child. go-plugin's own would search the file by its path again,
// inherit the host's standard input and environment, and read standard error with a parser that can be made to panic.
type runner struct {
	dir     string // of the plugin's socket
	name    string // of the plugin's file
	spec    *exec.Cmd
	afterUp func(*child) error // is called when the process runs, before anything it says is believed

	mu      sync.Mutex
	child   *child // nil before the start
	opening *opening
	address string // where the plugin listens, once it said so
}

// Start starts the process, for go-plugin.
func (r *runner) Start(context.Context) error {
	c, err := startChild(r.spec)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.child, r.opening = c, &opening{ReadCloser: c.stdout}
	r.mu.Unlock()
	if err := r.afterUp(c); err != nil {
		c.kill()
		c.await(killTime)
		return &distrustError{err}
	}
	return nil
}

// distrustError is why a process that was just started must not go on.
type distrustError struct{ error }

// started is the process, nil where it could not be started.
func (r *runner) started() *child {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.child
}

// said is the first line that the plugin printed.
func (r *runner) said() *opening {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.opening == nil {
		return &opening{}
	}
	return r.opening
}

// Stdout is the plugin's standard output, for the handshake.
func (r *runner) Stdout() io.ReadCloser { return r.said() }

// Stderr is empty for go-plugin: the tail reads the real one.
func (r *runner) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name is the file that was started, for go-plugin's messages, which nobody sees.
func (r *runner) Name() string { return r.name }

// ID is the process's number, or "" where none was started.
func (r *runner) ID() string {
	if c := r.started(); c != nil {
		return strconv.Itoa(c.pid())
	}
	return ""
}

// Diagnose has nothing to add.
func (r *runner) Diagnose(context.Context) string { return "" }

// Wait waits for the end of the process.
func (r *runner) Wait(context.Context) error {
	if c := r.started(); c != nil {
		<-c.exited
	}
	return nil
}

// Kill ends the process at once.
func (r *runner) Kill(context.Context) error {
	if c := r.started(); c != nil {
		c.kill()
	}
	return nil
}

// PluginToHost takes the address that the plugin says it listens on, and believes only one in its own folder (on loopback, where there are
// no such folders): a plugin must not make the host talk to another service.
func (r *runner) PluginToHost(network, address string) (string, string, error) {
	want := "unix"
	ok := filepath.Clean(address) == address && filepath.Dir(address) == r.dir
	if !unixSockets {
		want, ok = "tcp", strings.HasPrefix(address, "127.0.0.1:")
	}
	if network != want || !ok {
		return "", "", &addressError{network + " " + address}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.address = address
	return network, address, nil
}

// HostToPlugin changes nothing: both see the same folders.
func (r *runner) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// addressError is that a plugin offers an address that is not its own.
type addressError struct{ address string }

func (e *addressError) Error() string {
	return fmt.Sprintf("%q is not an address of its own", e.address)
}

// listens is where the plugin listens.
func (r *runner) listens() (network, address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if unixSockets {
		return "unix", r.address
	}
	return "tcp", r.address
}
