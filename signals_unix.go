//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// relay catches the signals that mean something to a command that is run and nothing to authrun.
func relay() (signals <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 8)
	signal.Notify(c, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)
	return c, func() { signal.Stop(c) }
}
