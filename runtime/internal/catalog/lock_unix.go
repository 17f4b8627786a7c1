//go:build unix

package catalog

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the lock of an open file without waiting. The kernel frees it when the process ends.
func lockFile(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
