//go:build amd64 || arm64

package launch

import (
	"runtime"
	"syscall"
	"unsafe"
)

// Operations of seccomp.
const (
	seccompSetFilter = 1
	seccompAvailable = 2
)

// program is struct sock_fprog.
type program struct {
	length uint16
	filter *instruction
}

// install lays the filter of system calls. It says why it could not, or nothing.
func install() string {
	p, ok := processorOf(runtime.GOARCH)
	if !ok {
		return "authrun has no filter for this processor"
	}
	instructions := filter(p, uint32(syscall.Getpid()))
	prog := program{uint16(len(instructions)), &instructions[0]}
	if _, _, errno := syscall.RawSyscall(numberSeccomp, seccompSetFilter, 0, uintptr(unsafe.Pointer(&prog))); errno != 0 {
		return seccompWhy(errno)
	}
	return ""
}

// seccompProblem says why no filter can be laid, or nothing.
func seccompProblem() string {
	verdict := uint32(verdictDeny &^ 0xffff)
	_, _, errno := syscall.RawSyscall(numberSeccomp, seccompAvailable, 0, uintptr(unsafe.Pointer(&verdict)))
	if errno == 0 {
		return ""
	}
	return seccompWhy(errno)
}

func seccompWhy(errno syscall.Errno) string {
	switch errno {
	case syscall.ENOSYS, syscall.EOPNOTSUPP, syscall.EINVAL:
		return "the kernel has none that can deny a call"
	}
	return "the kernel refuses it: " + errno.Error()
}
