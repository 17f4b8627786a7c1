//go:build amd64 || arm64

package launch

import "syscall"

// The limits that are the same for every plugin.
const (
	maxFiles = 64      // open at the same time: the streams, the socket, the connection, and what a runtime needs
	maxStack = 8 << 20 // bytes of a thread's stack, which the limit of memory does not count
)

// Numbers of limits that package syscall does not have.
const (
	rlimitMemlock  = 8
	rlimitMsgqueue = 12
)

// limit sets the limits of the process, which hold for what it executes. It says why it could not, or nothing.
//
// Memory is bounded by RLIMIT_DATA, which counts what is private and can be written. RLIMIT_AS would count the address space that Go's
// runtime reserves and never uses; RLIMIT_NPROC would count all threads of the user on the machine. Written files are bounded by 0 bytes: a
// plugin can make an empty file in its folder and no more.
func limit(s Spec) string {
	limits := []struct {
		resource int
		most     uint64
	}{
		{syscall.RLIMIT_CORE, 0}, {syscall.RLIMIT_FSIZE, 0}, {syscall.RLIMIT_NOFILE, maxFiles}, {rlimitMemlock, 0}, {rlimitMsgqueue, 0},
		{syscall.RLIMIT_STACK, maxStack}, {syscall.RLIMIT_CPU, s.CPU}, {syscall.RLIMIT_DATA, s.Memory},
	}
	for _, l := range limits {
		if l.most == 0 && (l.resource == syscall.RLIMIT_CPU || l.resource == syscall.RLIMIT_DATA) {
			continue
		}
		var old syscall.Rlimit
		if err := syscall.Getrlimit(l.resource, &old); err != nil {
			return "the kernel does not tell a limit: " + err.Error()
		}
		most := min(l.most, old.Max)
		if err := syscall.Setrlimit(l.resource, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return "the kernel does not set a limit: " + err.Error()
		}
	}
	return ""
}
