//go:build amd64 || arm64

package launch

import (
	"syscall"
	"unsafe"
)

// The system calls of Landlock have the same numbers on both processors.
const (
	numberCreateRuleset = 444
	numberAddRule       = 445
	numberRestrictSelf  = 446
)

// Rights over files that Landlock handles; those from refer on are of later versions.
const (
	rightExecute = 1 << iota
	rightWriteFile
	rightReadFile
	rightReadDir
	rightRemoveDir
	rightRemoveFile
	rightMakeChar
	rightMakeDir
	rightMakeReg
	rightMakeSock
	rightMakeFifo
	rightMakeBlock
	rightMakeSym
	rightRefer       // from version 2 on
	rightTruncate    // 3
	rightIoctlDev    // 5
	rightResolveUnix // 9
)

// What is granted: over the folder of the socket what go-plugin needs, which makes an empty file there, removes it and makes the socket in
// its place; over the rest reading and executing.
const (
	overFolder = rightReadFile | rightWriteFile | rightMakeReg | rightMakeSock | rightRemoveFile
	overFile   = rightExecute | rightReadFile
	overTree   = overFile | rightReadDir
)

// ruleset is struct landlock_ruleset_attr: what is denied where no rule grants it.
type ruleset struct{ files, net, scoped uint64 }

// rulesetOf is all that the given version of Landlock can deny. An older kernel takes the longer struct as long as what it does not know
// is 0.
func rulesetOf(abi int) ruleset {
	r := ruleset{files: rightRefer - 1}
	for _, later := range []struct {
		abi   int
		right uint64
	}{{2, rightRefer}, {3, rightTruncate}, {5, rightIoctlDev}, {9, rightResolveUnix}} {
		if abi >= later.abi {
			r.files |= later.right
		}
	}
	if abi >= 4 {
		r.net = 1 | 2 // bind and connect of TCP
	}
	if abi >= 6 {
		r.scoped = 1 | 2 // abstract Unix sockets and signals, of processes outside
	}
	return r
}

// pathBeneath is struct landlock_path_beneath_attr, which ends after the descriptor.
type pathBeneath struct {
	rights uint64
	fd     int32
}

// landlockABI is the kernel's version of Landlock; 0 and why where it has none.
func landlockABI() (int, string) {
	abi, _, errno := syscall.RawSyscall(numberCreateRuleset, 0, 0, 1)
	switch errno {
	case 0:
		return int(abi), ""
	case syscall.ENOSYS:
		return 0, "the kernel has none; Linux has it since 5.13"
	case syscall.EOPNOTSUPP:
		return 0, "the kernel was booted without it"
	case syscall.EPERM:
		return 0, "a container's policy denies it"
	}
	return 0, "the kernel refuses it: " + errno.Error()
}

// restrict denies all files but those of the spec, by that version of Landlock.
func restrict(s Spec, abi int) *Failed {
	handled := rulesetOf(abi)
	rules, _, errno := syscall.RawSyscall(numberCreateRuleset, uintptr(unsafe.Pointer(&handled)), unsafe.Sizeof(handled), 0)
	if errno != 0 {
		return &Failed{"make rules for its files", int(errno)}
	}
	defer syscall.Close(int(rules))
	// A script is in memory, which has no place in a file system and needs no rule.
	if errno := grant(rules, ProgramFD, overFile); errno != 0 && s.Program == "" {
		return &Failed{"make a rule for the plugin's file", int(errno)}
	}
	if errno := grantPath(rules, s.Dir, overFolder); errno != 0 {
		return &Failed{"make a rule for the plugin's folder", int(errno)}
	}
	for _, path := range append([]string{s.Program}, s.Reads...) {
		// What this user cannot reach the plugin cannot either.
		if errno := grantPath(rules, path, overTree); errno != 0 && errno != syscall.ENOENT && errno != syscall.EACCES && errno != syscall.ENOTDIR {
			return &Failed{"make a rule for " + path, int(errno)}
		}
	}
	if _, _, errno := syscall.RawSyscall(numberRestrictSelf, rules, 0, 0); errno != 0 {
		return &Failed{"lay the rules for its files", int(errno)}
	}
	return nil
}

// grantPath grants rights over the file at path, or over all under it where it is a folder. A path that is empty or leads nowhere is
// ENOENT.
func grantPath(rules uintptr, path string, rights uint64) syscall.Errno {
	fd, err := syscall.Open(path, openPath|syscall.O_CLOEXEC, 0)
	if err != nil {
		if errno, ok := err.(syscall.Errno); ok { // package syscall wraps none
			return errno
		}
		return syscall.EINVAL
	}
	defer syscall.Close(fd)
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err == nil && stat.Mode&syscall.S_IFMT != syscall.S_IFDIR {
		rights &= overFile // others make no sense for what is no folder
	}
	return grant(rules, fd, rights)
}

// openPath is O_PATH: the file is named and not read.
const openPath = 0x200000

func grant(rules uintptr, fd int, rights uint64) syscall.Errno {
	rule := pathBeneath{rights: rights, fd: int32(fd)}
	_, _, errno := syscall.RawSyscall6(numberAddRule, rules, 1, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
	return errno
}
