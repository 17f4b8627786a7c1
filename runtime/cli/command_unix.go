//go:build unix

package cli

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// terminate asks a process to end.
var terminate os.Signal = syscall.SIGTERM

// statusOf is the exit status that a shell has for a process that ended: 128 and the number of a signal that ended it.
func statusOf(state *os.ProcessState) int {
	if how, ok := state.Sys().(syscall.WaitStatus); ok && how.Signaled() {
		return 128 + int(how.Signal())
	}
	return state.ExitCode()
}

// fromTerminal tells whether a signal is one that the terminal sent by a key, and to the command, too: a second one means another thing to many
// programs. It sends these to all that is in its foreground, where the command is where authrun is.
func fromTerminal(s os.Signal) bool {
	if s != syscall.SIGINT && s != syscall.SIGQUIT {
		return false
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDONLY|unix.O_NOCTTY, 0)
	if err != nil {
		return false // there is none
	}
	defer func() { _ = tty.Close() }()
	foreground, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && foreground == unix.Getpgrp()
}
