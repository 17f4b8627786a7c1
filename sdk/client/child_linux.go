package client

import (
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// processAttributes puts the plugin into a group of its own, where a terminal's Ctrl-C does not reach it, and has the kernel kill it when
// the thread that started it ends: that is, with the host.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// lockThread keeps the goroutine on its thread until unlock is called, since the plugin lives no longer than the thread.
func lockThread() (unlock func()) {
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}

// reap waits for the end of the process. Before its number is given back, it kills what the process started itself and left behind.
func (c *child) reap() {
	for unix.Waitid(unix.P_PID, c.pid(), nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	killGroup(c.cmd.Process)
	_ = c.cmd.Wait() // what it says stands in the process's state
	c.reaped = true
}
