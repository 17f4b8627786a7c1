// Command demo shows authrun's main job against a simulator of the five vendors, and checks that it went as it should:
//
//	make demo
//
// It serves the simulator on a free loopback port, keeps authrun's store, key and caches in a folder that it removes again, and ends with
// status 0 only if every step ended, called the vendors and hid the secrets as expected.
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
	"path/filepath"
	"syscall"
	"time"

	"github.com/authrun/authrun/examples/simulator/server"
)

func main() {
	bin := flag.String("bin", "bin", "folder of authrun and its plugins")
	flow := flag.String("flow", "examples/quickstart.hcl", "the flow to apply")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demo(ctx, *bin, *flow, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// demo runs the steps, and leaves nothing behind.
func demo(ctx context.Context, bin, flow string, out io.Writer) (err error) {
	authrun, err := filepath.Abs(filepath.Join(bin, "authrun"))
	if err != nil {
		return err
	}
	vendors, err := server.New(server.Options{})
	if err != nil {
		return err
	}
	base, stop, err := simulate(vendors)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	home, err := os.MkdirTemp("", "authrun-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()

	fmt.Fprintf(out, "The simulator of the five vendors is at %s.\n", base)
	s := stage{authrun: authrun, env: environment(os.Environ(), home), vendors: vendors, out: out}
	for _, step := range steps(flow, base) {
		if err := s.play(ctx, step); err != nil {
			return err
		}
	}
	if wrong := vendors.Violations(); len(wrong) > 0 {
		return fmt.Errorf("requests were not as the vendors document them: %v", wrong)
	}
	fmt.Fprintf(out, "\nAll of this happened as it should. The vendors got %d calls in all.\n", total(vendors))
	return nil
}

// simulate serves the vendors on a free loopback port. It returns their address and a function that ends them.
func simulate(vendors http.Handler) (base string, stop func() error, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: vendors, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() error {
		err := s.Close()
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}, nil
}
