package client

import (
	"os"
	"syscall"
)

// processAttributes puts the plugin into a group of its own, where a console's Ctrl-C does not reach it. That it ends with the host is the
// watch over its standard input.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// killGroup kills the process. What it started itself lives on: plugins start nothing.
func killGroup(p *os.Process) { _ = p.Kill() }

// isBusy is false: this system has no such error.
func isBusy(error) bool { return false }
