package powercut

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Program is what is run.
type Program struct {
	Path  string
	Args  []string // from the first that the program sees as os.Args[0]
	Env   []string
	Files [3]*os.File // standard input, output, error
	// Longest is how long it may run before it is killed.
	Longest time.Duration
}

// ErrForbidden says that this process may trace none: a container's rules, a kernel without it.
var ErrForbidden = errors.New("no process may be traced here")

// Moment is the instant before a program writes to something that is no file: a pipe, a socket. The program waits meanwhile, that thread of it
// at least.
type Moment struct {
	Data []byte // what it writes: the first of it
	disk *disk
}

// Run runs a program and calls sending at each moment before it writes to a pipe or a socket, with what the folder dir may look like after a
// cut at that moment. It follows the program's threads, not the processes that it starts. What is in dir at first counts as durable. Run
// returns the program's exit code when it has ended, or the error of sending, after which the program is killed.
func Run(p Program, dir string, sending func(*Moment) error) (code int, err error) {
	d, err := newDisk(dir)
	if err != nil {
		return 0, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // A tracer is a thread, and this one ends with the goroutine.
		code, err = run(p, d, sending)
	}()
	<-done
	return code, err
}

func run(p Program, d *disk, sending func(*Moment) error) (code int, err error) {
	attr := &syscall.ProcAttr{Env: p.Env, Sys: &syscall.SysProcAttr{Ptrace: true}}
	for _, f := range p.Files {
		attr.Files = append(attr.Files, f.Fd())
	}
	pid, err := syscall.ForkExec(p.Path, p.Args, attr)
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSYS) {
		return 0, fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	if err != nil {
		return 0, err
	}
	t := &tracer{pid: pid, disk: d, sending: sending, threads: map[int]*thread{pid: {}}}
	late := time.AfterFunc(p.Longest, func() { _ = unix.Kill(pid, unix.SIGKILL) })
	defer late.Stop()
	code, err = t.follow()
	if err != nil {
		_ = unix.Kill(pid, unix.SIGKILL)
		_, _ = t.reap()
	}
	return code, err
}

// tracer follows one process.
type tracer struct {
	pid     int
	disk    *disk
	sending func(*Moment) error
	threads map[int]*thread
}

// thread is what a thread of the process is doing.
type thread struct {
	flush *flush // under way; nil: none
}

// follow runs the process to its end.
func (t *tracer) follow() (code int, err error) {
	var status unix.WaitStatus
	if _, err := wait(t.pid, &status); err != nil {
		return 0, err
	}
	if !status.Stopped() {
		return 0, fmt.Errorf("%w: it ended at once", ErrForbidden)
	}
	if err := unix.PtraceSetOptions(t.pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	if err := unix.PtraceSyscall(t.pid, 0); err != nil {
		return 0, err
	}
	for {
		tid, err := wait(-1, &status)
		switch {
		case err != nil:
			return 0, err
		case status.Exited() && tid == t.pid:
			return status.ExitStatus(), nil
		case status.Signaled() && tid == t.pid:
			return 0, fmt.Errorf("it was ended by the signal %s", status.Signal())
		case !status.Stopped():
			delete(t.threads, tid)
			continue
		}
		signal, err := t.stopped(tid, status)
		if err != nil {
			return 0, err
		}
		if err := unix.PtraceSyscall(tid, signal); err != nil && !errors.Is(err, unix.ESRCH) { // It may be gone by now.
			return 0, err
		}
	}
}

// stopped looks why a thread stopped, and gives the signal that it is to get.
func (t *tracer) stopped(tid int, status unix.WaitStatus) (signal int, err error) {
	known := t.threads[tid]
	if known == nil {
		known = &thread{}
		t.threads[tid] = known
		if status.StopSignal() == unix.SIGSTOP { // A new thread begins with one that is not meant for it.
			return 0, nil
		}
	}
	switch stop := status.StopSignal(); {
	case stop == unix.SIGTRAP|0x80:
		return 0, t.call(tid, known)
	case stop == unix.SIGTRAP: // It made a thread.
		return 0, nil
	default:
		return int(stop), nil
	}
}

// call looks at a system call, of which there are two stops: before it, and after it.
func (t *tracer) call(tid int, at *thread) error {
	c, err := look(tid)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: its system calls cannot be read: %w", ErrForbidden, err)
	}
	if c.leaving {
		if at.flush != nil && c.result == 0 {
			t.disk.end(at.flush)
		}
		at.flush = nil
		return nil
	}
	open := fmt.Sprintf("/proc/%d/fd/%d", t.pid, int32(c.args[0])) //nolint:gosec // A descriptor has 32 bits.
	switch c.number {
	case unix.SYS_FSYNC, unix.SYS_FDATASYNC:
		at.flush, err = t.disk.begin(open)
		return err
	case unix.SYS_WRITE, unix.SYS_SENDTO:
		return t.write(tid, open, c)
	}
	return nil
}

// most is how much of what is written a moment tells.
const most = 4096

// write is a write to something. It is told if it may reach somebody, as one to a file does not.
func (t *tracer) write(tid int, open string, c syscallInfo) error {
	info, err := os.Stat(open)
	if err != nil || info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) == 0 {
		return nil // A descriptor that is not open is the program's mistake.
	}
	data := make([]byte, min(c.args[2], most))
	n, err := unix.PtracePeekData(tid, uintptr(c.args[1]), data)
	if err != nil {
		return err
	}
	return t.sending(&Moment{Data: data[:n], disk: t.disk})
}

// reap waits until the process is gone.
func (t *tracer) reap() (unix.WaitStatus, error) {
	var status unix.WaitStatus
	for {
		tid, err := wait(-1, &status)
		if err != nil || tid == t.pid && !status.Stopped() {
			return status, err
		}
	}
}

// wait waits for a child, or a thread of one, of this thread alone: others' children are none of its business.
func wait(pid int, status *unix.WaitStatus) (tid int, err error) {
	for {
		tid, err = unix.Wait4(pid, status, unix.WALL|unix.WNOTHREAD, nil)
		if !errors.Is(err, unix.EINTR) {
			return tid, err
		}
	}
}

// syscallInfo is a system call that a thread is about to do, or has done.
type syscallInfo struct {
	leaving bool
	number  uint64
	args    [6]uint64
	result  int64
}

// look asks the kernel, which answers alike for every processor: see ptrace(2), PTRACE_GET_SYSCALL_INFO.
func look(tid int) (c syscallInfo, err error) {
	const entry, exit = 1, 2
	var b [88]byte
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), unsafe.Sizeof(b), uintptr(unsafe.Pointer(&b)), 0, 0)
	if errno != 0 {
		return c, errno
	}
	word := func(n int) uint64 { return binary.NativeEndian.Uint64(b[24+8*n:]) }
	switch b[0] {
	case entry:
		c.number = word(0)
		for i := range c.args {
			c.args[i] = word(1 + i)
		}
	case exit:
		c.leaving, c.result = true, int64(word(0)) //nolint:gosec // The kernel writes a signed one.
	}
	return c, nil
}
