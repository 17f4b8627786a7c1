package plugin

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
	"github.com/hashicorp/go-hclog"
)

// debugVariable asks a plugin that is started by hand to wait for a host, as the argument "debug" does: some debuggers pass no arguments.
const debugVariable = "AUTHRUN_DEBUG"

// debugStop is how long operations under way may take to end when the developer ends the plugin.
const debugStop = time.Second

// wantsDebug tells whether a person who started the plugin wants it to wait for a host.
func wantsDebug(args []string, getenv func(string) string) bool {
	switch getenv(debugVariable) {
	case "", "0", "false":
		return len(args) == 2 && args[1] == "debug"
	}
	return len(args) <= 1 || args[1] == "debug"
}

// byDebugger is the main of a plugin that a developer started, mostly under a debugger: it serves any number of hosts of the same user until stop
// comes. It prints one line on stdout, which makes a host attach to it; the log goes to stderr.
func byDebugger(v Vendor, self string, stdout, stderr io.Writer, stop <-chan os.Signal) int {
	if err := serveDebug(v, stdout, stderr, stop); err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", self, err)
		return 1
	}
	return 0
}

func serveDebug(v Vendor, stdout, stderr io.Writer, stop <-chan os.Signal) (err error) {
	if !wire.KnowsPeers {
		return errors.New("no host can attach to a plugin on this system: it cannot tell who connects")
	}
	p, d, err := build(v)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "authrun-debug-") // 0700
	if err != nil {
		return fmt.Errorf("make a folder for the socket: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	socket := filepath.Join(dir, "socket")
	if len(socket) > wire.MaxSocketPath {
		return fmt.Errorf("the path of the socket, %s, is longer than the system allows: set TMPDIR to a shorter folder", socket)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return fmt.Errorf("listen for a host: %w", err)
	}
	line, err := wire.Attachment{PID: os.Getpid(), Socket: socket, Protocol: wire.Version}.Assignment(d.Vendor)
	if err != nil {
		return err
	}
	log := hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: stderr})
	server := serverFor(sameUser{})
	pluginpb.RegisterVendorServer(server, &service{plugin: p, log: log})
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintln(stdout, line)
	fmt.Fprintln(stderr, "Set this for authrun in another terminal: it then uses this process, outside of any sandbox. Ctrl-C ends it.")
	select {
	case err := <-served:
		return err
	case <-stop:
	}
	timer := time.AfterFunc(debugStop, server.Stop)
	defer timer.Stop()
	server.GracefulStop()
	return nil
}
