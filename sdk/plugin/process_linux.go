package plugin

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// nameProcess gives the process the name that ps shows: one that was started from an open file would be called by a number. Where it
// fails the old name stays, which harms nobody.
func nameProcess(name string) {
	const longest = 15 // the kernel cuts there
	if len(name) > longest {
		name = name[:longest]
	}
	if unix.Gettid() != unix.Getpid() { // the name is that of the main thread, and this goroutine has moved off it
		_ = os.WriteFile("/proc/self/comm", []byte(name), 0)
		return
	}
	if z, err := unix.BytePtrFromString(name); err == nil {
		_ = unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(z)), 0, 0, 0)
	}
}

// limitProcess keeps secrets in the process and the process small: no core dump, no other process of the same user that reads its memory,
// and a collector that works harder before the memory grows beyond softMemory.
func limitProcess() {
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	limitMemory()
}
