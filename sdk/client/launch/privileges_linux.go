//go:build amd64 || arm64

package launch

import (
	"syscall"
	"unsafe"
)

// Options of prctl.
const (
	prSetNoNewPrivs = 38
	prGetNoNewPrivs = 39
	prSetSecurebits = 28
	prCapAmbient    = 47

	ambientClearAll = 4
	// noRoot are the locked bits by which being root means nothing: SECBIT_NOROOT, SECBIT_NO_SETUID_FIXUP, their locks, and the lock of
	// SECBIT_KEEP_CAPS.
	noRoot = 0x2f
)

// renounce sees to it that no program that is executed has more privileges than this process. It says why it could not, or nothing.
func renounce() string {
	if errno := prctl(prSetNoNewPrivs, 1, 0, 0, 0); errno != 0 {
		return "the kernel does not know it: " + errno.Error()
	}
	return ""
}

// capHeader is the header of capget and capset, version 3. Their data are two times three words: what is effective, permitted, inheritable.
type capHeader struct {
	version uint32
	pid     int32
}

const capVersion = 0x20080522

// disarm gives up all capabilities, now and for what is executed. It says why it could not, or nothing. Where the bits that make root a
// user like any other cannot be set (that needs a capability, which a container may not have), no_new_privs keeps what is executed from
// gaining any.
func disarm() string {
	bits := prctl(prSetSecurebits, noRoot, 0, 0, 0)
	_ = prctl(prCapAmbient, ambientClearAll, 0, 0, 0)
	header := capHeader{version: capVersion}
	var none, now [2 * 3]uint32
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none)), 0); errno != 0 {
		return "the kernel does not take them: " + errno.Error()
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CAPGET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&now)), 0); errno != 0 {
		return "the kernel does not tell them: " + errno.Error()
	}
	if now != none {
		return "the kernel left some"
	}
	privileges, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, prGetNoNewPrivs, 0, 0, 0, 0, 0)
	if bits != 0 && (errno != 0 || privileges != 1) && syscall.Geteuid() == 0 {
		return "root would get them back"
	}
	return ""
}
