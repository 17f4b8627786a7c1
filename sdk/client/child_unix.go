//go:build unix

package client

import (
	"errors"
	"os"
	"syscall"
)

// killGroup kills a process that is not reaped yet, and all processes of its group: those that it started. It kills the process itself by its
// own number, too: one that nothing holds may have left its group.
func killGroup(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
	_ = syscall.Kill(p.Pid, syscall.SIGKILL)
}

// isBusy tells whether a start failed since the file is open for writing.
func isBusy(err error) bool { return errors.Is(err, syscall.ETXTBSY) }
