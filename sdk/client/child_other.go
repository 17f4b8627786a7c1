//go:build !linux

package client

// lockThread has nothing to lock: here a plugin does not depend on a thread of the host.
func lockThread() (unlock func()) { return func() {} }

// reap waits for the end of the process. What it started itself lives on: after this its group's number may be another's.
func (c *child) reap() {
	_ = c.cmd.Wait() // what it says stands in the process's state
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reaped = true
}
