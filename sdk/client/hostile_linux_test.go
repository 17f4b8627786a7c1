package client

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// prey is what a hostile plugin is set on. All of it belongs to the plugin's own user, so that nothing but the sandbox protects it.
type prey struct {
	File     string `json:"file"`     // a file with secret in it
	Dir      string `json:"dir"`      // a folder
	TCP      string `json:"tcp"`      // addresses that somebody listens at
	UDP      string `json:"udp"`      //
	Unix     string `json:"unix"`     //
	Abstract string `json:"abstract"` //
	Host     int    `json:"host"`     // the process number of the host
}

// attempts are what a hostile plugin tries. Each gives an error where it was refused.
var attempts = map[string]func(prey) error{
	"read a file of the user":          func(p prey) error { return reads(p.File, secret) },
	"read /etc/passwd":                 func(prey) error { return reads("/etc/passwd", "root") },
	"read the host's environment":      func(p prey) error { return reads(fmt.Sprintf("/proc/%d/environ", p.Host), "") },
	"read the host's memory by a file": func(p prey) error { return opens(fmt.Sprintf("/proc/%d/mem", p.Host)) },
	"list a folder":                    func(p prey) error { _, err := os.ReadDir(p.Dir); return err },
	"write a file":                     func(p prey) error { return os.WriteFile(filepath.Join(p.Dir, "w"), []byte("x"), 0o600) },
	"write into a file":                func(p prey) error { return os.WriteFile(p.File, []byte(secret), 0) },
	"write a file in its own folder":   func(prey) error { return os.WriteFile("w", []byte("x"), 0o600) },
	"cut a file off":                   func(p prey) error { return os.Truncate(p.File, 100) },
	"change a file's mode":             func(p prey) error { return os.Chmod(p.File, 0o600) },
	"change a file's times":            func(p prey) error { return os.Chtimes(p.File, time.Now(), time.Now()) },
	"change a file's owner":            func(p prey) error { return os.Chown(p.File, os.Getuid(), -1) },
	"remove a file":                    func(p prey) error { return os.Remove(filepath.Join(p.Dir, "victim")) },
	"watch a file":                     watches,

	"connect by TCP":                     func(p prey) error { return dials("tcp", p.TCP) },
	"send by UDP":                        func(p prey) error { return dials("udp", p.UDP) },
	"connect to a Unix socket":           func(p prey) error { return dials("unix", p.Unix) },
	"connect to an abstract Unix socket": func(p prey) error { return dials("unix", p.Abstract) },
	"send to a Unix socket":              func(p prey) error { return dials("unixgram", p.Unix+"gram") },
	"listen by TCP":                      func(prey) error { return listens("tcp", "127.0.0.1:0") },
	"open a netlink socket":              func(prey) error { return socket(unix.AF_NETLINK, unix.SOCK_RAW) },
	"open a vsock":                       func(prey) error { return socket(unix.AF_VSOCK, unix.SOCK_STREAM) },
	"io_uring":                           uring,

	"run a program":             func(prey) error { return runs("/bin/true") },
	"run itself":                func(prey) error { return runs("/proc/self/exe") },
	"become a program":          becomes,
	"fork":                      func(prey) error { return forks(uintptr(unix.SIGCHLD)) },
	"make a program in memory":  memory,
	"make a namespace of users": func(prey) error { return forks(uintptr(unix.SIGCHLD) | unix.CLONE_NEWUSER) },

	"signal the host":                 func(p prey) error { return unix.Kill(p.Host, 0) },
	"signal the host through a file":  signalsThroughFile,
	"trace the host":                  func(p prey) error { return traces(p.Host) },
	"read the host's memory":          func(p prey) error { return peeks(p.Host) },
	"hold the host":                   func(p prey) error { _, err := unix.PidfdOpen(p.Host, 0); return err },
	"limit the host":                  func(p prey) error { return limits(p.Host) },
	"slow the host":                   func(p prey) error { return unix.Setpriority(unix.PRIO_PROCESS, p.Host, 1) },
	"leave its group":                 func(p prey) error { return leaves(p.Host) },
	"raise its limits":                func(prey) error { return limits(0) },
	"share memory without a limit":    func(prey) error { return anonymous(unix.MAP_SHARED | unix.MAP_ANONYMOUS) },
	"use a stack without a limit":     func(prey) error { return anonymous(unix.MAP_PRIVATE | unix.MAP_ANONYMOUS | unix.MAP_GROWSDOWN) },
	"leave a message for others":      queue,
	"leave memory for others":         func(prey) error { return leavesMemory() },
	"open more files than it needs":   func(prey) error { return hoards() },
	"change the system's name":        func(prey) error { return unix.Sethostname([]byte(hostname())) },
	"see what others mounted":         func(prey) error { return opens("/proc/self/mountinfo") },
	"read its own environment's file": func(prey) error { return opens("/proc/self/environ") },
}

// try makes one attempt and says what came of it: "done", or the error.
func try(name string, p prey) string {
	if err := attempts[name](p); err != nil {
		return err.Error()
	}
	return "done"
}

func reads(path, want string) error {
	content, err := os.ReadFile(path)
	if err == nil && !strings.Contains(string(content), want) {
		return errors.New("something else was in it")
	}
	return err
}

func opens(path string) error {
	f, err := os.Open(path)
	if err == nil {
		f.Close()
	}
	return err
}

func dials(network, address string) error {
	conn, err := net.DialTimeout(network, address, 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Write([]byte(secret))
	return err
}

func listens(network, address string) error {
	l, err := net.Listen(network, address)
	if err == nil {
		l.Close()
	}
	return err
}

func socket(family, kind int) error {
	fd, err := unix.Socket(family, kind, 0)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

func watches(p prey) error {
	fd, err := unix.InotifyInit1(0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.InotifyAddWatch(fd, p.File, unix.IN_ACCESS)
	return err
}

func uring(prey) error {
	var params [120]byte
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 8, uintptr(unsafe.Pointer(&params)), 0)
	if errno != 0 {
		return errno
	}
	return unix.Close(int(fd))
}

// forks makes a process that ends at once. Without a sandbox it stays a zombie, which is reaped with its parent.
func forks(flags uintptr) error {
	pid, _, errno := unix.RawSyscall6(unix.SYS_CLONE, flags, 0, 0, 0, 0, 0)
	if errno != 0 {
		return errno
	}
	if pid == 0 {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	return nil
}

// runs starts a program in the way that needs no other file.
func runs(path string) error {
	pid, err := syscall.ForkExec(path, []string{"x", "-test.run=^$"}, &syscall.ProcAttr{Files: []uintptr{0, 2, 2}})
	if err == nil {
		_, err = unix.Wait4(pid, nil, 0, nil)
	}
	return err
}

// becomes executes a file that is no program: where it can be executed at all the kernel says so.
func becomes(p prey) error {
	if err := unix.Exec(p.File, []string{"x"}, nil); !errors.Is(err, unix.ENOEXEC) {
		return err
	}
	return nil
}

func memory(prey) error {
	fd, err := unix.MemfdCreate("x", 0)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

// signalsThroughFile has the kernel send a harmless signal to the host when its end of a pipe can be read.
func signalsThroughFile(p prey) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	defer w.Close()
	_, err = unix.FcntlInt(r.Fd(), unix.F_SETOWN, p.Host)
	return err
}

// traces attaches to the host and lets it go. Attaching does not stop it (PTRACE_SEIZE).
func traces(pid int) error {
	done := make(chan error)
	go func() { // its thread is not used again: it traces
		if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(pid), 0, 0, 0, 0); errno != 0 {
			done <- errno
			return
		}
		done <- nil
	}()
	return <-done
}

// peeks asks for memory of the host where there is none: who may not look is told something else than who looks there.
func peeks(pid int) error {
	b := make([]byte, 1)
	local := []unix.Iovec{{Base: &b[0], Len: 1}}
	_, err := unix.ProcessVMReadv(pid, local, []unix.RemoteIovec{{Base: 0, Len: 1}}, 0)
	if errors.Is(err, unix.EFAULT) {
		return nil
	}
	return err
}

// limits changes a limit of a process and changes nothing.
func limits(pid int) error {
	var old unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_CORE, nil, &old); err != nil {
		return err
	}
	return unix.Prlimit(pid, unix.RLIMIT_CORE, &old, nil)
}

// leaves moves to the host's group, where the host does not look for it.
func leaves(host int) error {
	group, err := unix.Getpgid(host)
	if err != nil {
		return err
	}
	return unix.Setpgid(0, group)
}

func anonymous(flags int) error {
	m, err := unix.Mmap(-1, 0, 1<<20, unix.PROT_READ|unix.PROT_WRITE, flags)
	if err == nil {
		return unix.Munmap(m)
	}
	return err
}

func queue(prey) error {
	id, _, errno := unix.Syscall(unix.SYS_MSGGET, unix.IPC_PRIVATE, 0o600, 0)
	if errno != 0 {
		return errno
	}
	_, _, errno = unix.Syscall(unix.SYS_MSGCTL, id, unix.IPC_RMID, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

func leavesMemory() error {
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 4096, 0o600)
	if err != nil {
		return err
	}
	_, err = unix.SysvShmCtl(id, unix.IPC_RMID, nil)
	return err
}

func hoards() error {
	var held []int
	defer func() {
		for _, fd := range held {
			unix.Close(fd)
		}
	}()
	for range 100 {
		fd, err := unix.Dup(2)
		if err != nil {
			return err
		}
		held = append(held, fd)
	}
	return nil
}

func hostname() string {
	name, _ := os.Hostname()
	return name
}
