//go:build amd64 || arm64

package launch

import (
	"syscall"
	"unsafe"
)

// Run is the launcher: it takes from its own thread what Variable in the environment env says and becomes the plugin, with the rest of env.
// The thread must be locked. It returns only where it could not, with the exit status of the process.
func Run(env []string) int {
	text, rest := "", []string{}
	for _, setting := range env {
		if name, value, _ := cut(setting, '='); name == Variable {
			text = value
			continue
		}
		rest = append(rest, setting)
	}
	if text == "" {
		complain("this program starts plugins for authrun and is of no use by hand")
		return 1
	}
	spec, err := parse(text)
	if err != nil {
		tell((&Failed{What: "understand authrun: " + err.Error()}).line())
		complain(err.Error())
		return failed
	}
	failure := become(spec, rest)
	tell(failure.line())
	complain("cannot " + failure.What)
	return failed
}

// failed is the exit status of a launcher that could not become the plugin.
const failed = 125

// become lays the layers on the calling thread, tells what came of it, and executes the plugin. It returns only where that failed.
func become(s Spec, env []string) *Failed {
	for _, fd := range []int{ProgramFD, ReportFD} {
		if _, err := fcntl(fd, syscall.F_SETFD, syscall.FD_CLOEXEC); err != 0 {
			return &Failed{What: "find its files open", Errno: int(err)}
		}
	}
	report, failed := lay(s)
	if failed != nil {
		return failed
	}
	tell(report.lines())
	if s.Complete && !report.Complete() {
		return &Failed{What: "lay every layer of the sandbox: missing are " + report.Gaps()}
	}
	if s.Program != "" {
		// The interpreter reads the verified file by its number.
		if _, err := fcntl(ProgramFD, syscall.F_SETFD, 0); err != 0 {
			return &Failed{What: "keep the script open", Errno: int(err)}
		}
		return &Failed{What: "start the interpreter " + s.Program, Errno: int(execute(s, env))}
	}
	return &Failed{What: StartPlugin, Errno: int(execute(s, env))}
}

// lay lays one layer after the other. None depends on one before it but for no_new_privs, without which neither Landlock nor seccomp can be
// laid by who is not root; seccomp is the last, since it denies what the others need. A layer that the kernel has but that cannot be laid as
// the spec says is a failure, not a gap.
func lay(s Spec) (r Report, failed *Failed) {
	r.add(Limits, limit(s))
	r.add(NoPrivileges, renounce())
	var why string
	if r.LandlockABI, why = landlockABI(); why == "" {
		if failed := restrict(s, r.LandlockABI); failed != nil {
			return r, failed
		}
	}
	r.add(Landlock, why)
	r.add(NoCapability, disarm())
	r.add(SystemCalls, install())
	return r, nil
}

// execute executes the plugin. A file that was written a moment ago counts as busy for as long as some process that is being started holds
// a copy of the writer's descriptor, so that is tried again a few times.
func execute(s Spec, env []string) syscall.Errno {
	argv, err := syscall.SlicePtrFromStrings(s.Args)
	if err != nil {
		return syscall.EINVAL
	}
	envp, err := syscall.SlicePtrFromStrings(env)
	if err != nil {
		return syscall.EINVAL
	}
	path, err := syscall.BytePtrFromString(s.Program)
	if err != nil {
		return syscall.EINVAL
	}
	fd, flags := ProgramFD, atEmptyPath
	if s.Program != "" {
		fd, flags = atWorkingFolder, 0
	}
	for wait := int64(1e6); ; wait *= 2 {
		_, _, errno := syscall.RawSyscall6(numberExecveat, uintptr(fd), uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&argv[0])),
			uintptr(unsafe.Pointer(&envp[0])), uintptr(flags), 0)
		if errno != syscall.ETXTBSY || wait > 100e6 {
			return errno
		}
		pause := syscall.NsecToTimespec(wait)
		_ = syscall.Nanosleep(&pause, nil)
	}
}

// tell sends lines of the report to the host.
func tell(lines string) { _, _ = syscall.Write(ReportFD, []byte(lines)) }

// complain says on standard error what the person who started the launcher by hand should know.
func complain(problem string) { _, _ = syscall.Write(2, []byte("authrun-launch: "+problem+"\n")) }

func fcntl(fd, command, value int) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(fd), uintptr(command), uintptr(value))
	return int(n), errno
}

func prctl(option, a, b, c, d uintptr) syscall.Errno {
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, option, a, b, c, d, 0)
	return errno
}

// Of <fcntl.h>.
const (
	atEmptyPath     = 0x1000
	atWorkingFolder = -100
)
