package main

import (
	"math"

	"golang.org/x/sys/unix"
)

// harden takes from the process what only harms: files that its parent left open, which plugins would inherit, and core dumps and debuggers
// of other programs of the user, which would see secrets. What the kernel does not know stays as it is.
func harden() {
	_ = unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
