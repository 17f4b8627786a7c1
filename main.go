// Command authrun makes the API tokens that a flow declares valid, and keeps them so.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/authrun/authrun/runtime/cli"
	"github.com/authrun/authrun/sdk/client/launch/self"
)

func main() {
	harden()
	collectLate()
	executable, _ := os.Executable() // empty: plugins are not looked for beside it
	os.Exit(cli.Run(context.Background(), cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		LookupEnv: os.LookupEnv, Environ: os.Environ, Executable: executable, Signals: interrupts(), Relay: relay,
		Launcher: self.Path(), Zone: time.Local,
	}))
}

// interrupts are the signals that ask the program to end. Those that whoever started it wants ignored (nohup) stay ignored. A reader of the
// output who goes away is no reason to break off a vendor's call, so SIGPIPE is taken out of the way: writes fail instead.
func interrupts() <-chan os.Signal {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	return signals
}
