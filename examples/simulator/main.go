// Command simulator serves the five vendors on loopback, as their documents describe them, so that the example flows run without an account
// anywhere:
//
//	go run ./examples/simulator &
//	bin/authrun apply examples/quickstart.hcl
//
// It prints the variables that the example flows take, and serves until it gets SIGTERM or SIGINT, or until the pipe on its standard input
// is closed. GET /_calls tells how many calls each vendor got.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/authrun/authrun/examples/simulator/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var input io.Reader
	if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		input = os.Stdin // a terminal or /dev/null says nothing about whether anybody still wants the simulator
	}
	if err := run(ctx, os.Args[1:], input, os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "simulator:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends or input, where there is one, is closed.
func run(ctx context.Context, args []string, input io.Reader, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:18080", "loopback address to listen on; port 0 takes a free one")
	delay := flags.Duration("delay", 0, "time that every answer takes")
	refuse := flags.String("refuse", "", "vendors that refuse every secret, separated by commas")
	env := flags.Bool("env", false, "print the variables as lines of a shell script instead of a variables file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	vendors, err := server.New(server.Options{Delay: *delay, Refuse: strings.FieldsFunc(*refuse, func(r rune) bool { return r == ',' })})
	if err != nil {
		return err
	}
	listener, err := listen(*addr)
	if err != nil {
		return err
	}
	announce(stdout, "http://"+listener.Addr().String(), vendors.Vendors(), *env)

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if input != nil {
		go func() {
			_, _ = io.Copy(io.Discard, input) // whatever ends it, nobody is there any more
			cancel()
		}()
	}
	return serve(ctx, listener, vendors)
}

// listen opens a loopback address. Others are refused: the simulator gives tokens to whoever asks.
func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	if at, ok := listener.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
		_ = listener.Close()
		return nil, fmt.Errorf("%s is not a loopback address", addr)
	}
	return listener, nil
}

// announce prints the variables of the example flows, and the vendors' addresses in comments.
func announce(w io.Writer, base string, vendors []string, env bool) {
	if env {
		fmt.Fprintf(w, "export AUTHRUN_VAR_sim=%s\n", base)
	} else {
		fmt.Fprintf(w, "sim = %q\n", base)
	}
	for _, name := range vendors {
		fmt.Fprintf(w, "# %-8s %s/%s\n", name, base, name)
	}
}

// serve answers requests until ctx ends, and then lets those under way finish.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	s := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := s.Shutdown(last); err != nil {
		return fmt.Errorf("requests under way did not finish: %w", err)
	}
	return nil
}
