package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/authrun/authrun/sdk/client/launch"
	"github.com/authrun/authrun/sdk/client/launch/self"
	"golang.org/x/sys/unix"
)

// nobody is the user without any rights.
const nobody = 65534

// held is what a host that starts a hostile plugin prints.
type held struct {
	Report launch.Report
	Came   map[string]string // of each attempt
}

// beHunter is the main of a host that sets the hostile plugin on what stdin says, with the launcher at that path ("-": none), and prints what
// came of it.
func beHunter(launcher string) {
	var p prey
	if err := json.NewDecoder(os.Stdin).Decode(&p); err != nil {
		panic(err)
	}
	p.Host = os.Getpid()
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		panic(err)
	}
	o := Options{RunDir: os.Getenv("RUN_DIR"), Launcher: strings.TrimPrefix(launcher, "-")}
	plugin, err := Start(context.Background(), Binary{Vendor: "hostile", Path: "/authrun-plugin-hostile", File: f}, o)
	if err != nil {
		panic(err)
	}
	out := held{Report: plugin.Held(), Came: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(attempts)) {
		value, err := json.Marshal(p)
		if err != nil {
			panic(err)
		}
		run := acquire(order{Do: "attempt", URL: name, Value: value})
		result, err := plugin.Run(context.Background(), run)
		if err != nil {
			out.Came[name] = err.Error()
			continue
		}
		var v struct{ Token string }
		if err := json.Unmarshal(result.Value, &v); err != nil {
			panic(err)
		}
		out.Came[name] = v.Token
	}
	_ = plugin.Close()
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
	os.Exit(0)
}

// hunt runs a host as that user, and gives what it printed.
func hunt(t *testing.T, uid int, launcher string, env ...string) held {
	t.Helper()
	dir := shortDir(t)
	p := prey{Dir: filepath.Join(dir, "d"), File: filepath.Join(dir, "d", "f"), Unix: filepath.Join(dir, "s"), Abstract: "@" + filepath.Base(dir)}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	run := filepath.Join(dir, "r")
	ok(os.Mkdir(p.Dir, 0o700))
	ok(os.Mkdir(run, 0o700))
	ok(os.WriteFile(p.File, []byte(strings.Repeat(secret, 10)), 0o700)) // it can be executed, and is no program
	ok(os.WriteFile(filepath.Join(p.Dir, "victim"), nil, 0o600))
	listen := func(network, address string) string {
		l, err := net.Listen(network, address)
		ok(err)
		t.Cleanup(func() { l.Close() })
		return l.Addr().String()
	}
	p.TCP = listen("tcp", "127.0.0.1:0")
	listen("unix", p.Unix)
	listen("unix", p.Abstract)
	datagrams, err := net.ListenPacket("unixgram", p.Unix+"gram")
	ok(err)
	t.Cleanup(func() { datagrams.Close() })
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	ok(err)
	t.Cleanup(func() { packets.Close() })
	p.UDP = packets.LocalAddr().String()
	if uid != os.Getuid() {
		ok(filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, uid, uid))
		}))
	}
	stdin, err := json.Marshal(p)
	ok(err)

	host := exec.Command("/proc/self/exe")
	host.Env = append(append(os.Environ(), envHunter+"="+"-"+launcher, "RUN_DIR="+run), env...)
	host.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	host.Stderr = &stderr
	if uid != os.Getuid() {
		host.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	out, err := host.Output()
	if err != nil {
		t.Fatalf("the host: %v\n%s", err, stderr.String())
	}
	var h held
	ok(json.Unmarshal(out, &h))
	return h
}

// refusals are the kernel's words for what a layer denies.
var refusals = regexp.MustCompile(`operation not permitted|permission denied|function not implemented|too many open files|signal: file size limit exceeded|` +
	`file too large|invalid cross-device link`)

func TestHostilePlugin(t *testing.T) {
	users := map[string]int{"itself": os.Getuid()}
	if os.Getuid() == 0 {
		users["nobody"] = nobody
	}
	for name, uid := range users {
		t.Run(name, func(t *testing.T) {
			whole := launch.Probe()
			if !whole.Complete() {
				t.Skipf("this machine cannot hold a plugin: %s", whole.Gaps())
			}
			t.Parallel()
			h := hunt(t, uid, self.Path())
			if !h.Report.Complete() {
				t.Errorf("layers are missing although the machine has them: %s", h.Report.Gaps())
			}
			for attempt, came := range h.Came {
				if !refusals.MatchString(came) {
					t.Errorf("%s: %s", attempt, came)
				}
			}
			if len(h.Came) != len(attempts) {
				t.Errorf("%d attempts of %d were made", len(h.Came), len(attempts))
			}
		})
	}
}

// TestHostilePluginWithoutSandbox shows that the attempts would succeed, and so that the test above can fail.
func TestHostilePluginWithoutSandbox(t *testing.T) {
	h := hunt(t, os.Getuid(), "")
	if got := h.Report.Gaps(); !strings.Contains(got, "there is no launcher") || len(h.Report.Held) > 0 {
		t.Errorf("what holds is told as %+v", h.Report)
	}
	// What depends on the machine: some kernels, containers and users have it and some have not.
	perhaps := regexp.MustCompile(`namespace|io_uring|vsock|name$|memory by a file|host's memory|trace|environment|message|memory for others`)
	for attempt, came := range h.Came {
		if came != "done" && !perhaps.MatchString(attempt) {
			t.Errorf("%s: %s", attempt, came)
		}
	}
}

// attempt does what an order says, for the plugin.
func attempt(o order) string {
	var p prey
	if err := json.Unmarshal(o.Value, &p); err != nil {
		return "not understood: " + err.Error()
	}
	return try(o.URL, p)
}

// forgetLandlock makes this process and all it starts live on a kernel without Landlock, as far as they can tell.
func forgetLandlock() {
	const landlockCreateRuleset = 444
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: landlockCreateRuleset},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		panic(err)
	}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		panic(errno)
	}
}

func TestKernelWithoutLandlock(t *testing.T) {
	if probe := launch.Probe(); !probe.Holds(launch.SystemCalls) {
		t.Skip("this kernel cannot be made to look older")
	}
	h := hunt(t, os.Getuid(), self.Path(), envPoor+"=1")
	if h.Report.Holds(launch.Landlock) || !h.Report.Holds(launch.SystemCalls) {
		t.Errorf("got %+v", h.Report)
	}
	if got, want := h.Report.Gaps(), "landlock (the kernel has none; Linux has it since 5.13)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if h.Came["read a file of the user"] != "done" {
		t.Error("a file could not be read although nothing kept it: the test shows nothing")
	}
	for _, attempt := range []string{"connect by TCP", "connect to a Unix socket", "signal the host", "trace the host", "limit the host", "fork",
		"change a file's mode", "cut a file off"} {
		if !refusals.MatchString(h.Came[attempt]) {
			t.Errorf("%s: %s", attempt, h.Came[attempt])
		}
	}
}

func TestRequiredSandbox(t *testing.T) {
	o := testOptions(t)
	o.RequireSandbox = true
	_, err := Start(context.Background(), testBinary(t, "good"), o)
	want := "plugin good cannot be started: a sandbox is required, and layers of it are missing here: limits, no_new_privs, landlock, capabilities, " +
		"seccomp (there is no launcher, authrun-launch) "
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got  %v\nwant %s\n%s", err, want, strings.Join(stderrOf(err), "\n"))
	}
	if probe := launch.Probe(); !probe.Complete() {
		t.Skipf("this machine has no whole sandbox: %s", probe.Gaps())
	}
	o.Launcher = self.Path()
	if held := startGood(t, "good", o).Held(); !held.Complete() || held.LandlockABI == 0 {
		t.Errorf("got %+v", held)
	}
}

func TestWrongLauncher(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no program"), 0o755); err != nil {
		t.Fatal(err)
	}
	for launcher, want := range map[string]string{
		"/no/such/launcher": "its launcher /no/such/launcher: no such file or directory ",
		text:                "its launcher " + text + ": exec format error ",
		"/bin/true":         "its launcher /bin/true: ended before it was done ",
		"bin/launcher":      "the path bin/launcher of the launcher is not absolute ",
	} {
		o := testOptions(t)
		o.Launcher = launcher
		_, err := Start(context.Background(), testBinary(t, "good"), o)
		if err == nil || !strings.HasPrefix(err.Error(), "plugin good cannot be started: "+want) {
			t.Errorf("%s: got %v, want %s", launcher, err, want)
		}
	}
}

func TestSandboxBoundsMemory(t *testing.T) {
	if pluginDataLimit == 0 {
		t.Skip("the race detector needs memory without end")
	}
	o := testOptions(t)
	if _, err := startGood(t, "good", o).Run(context.Background(), acquireRun(t, order{Do: "eat"})); err != nil {
		t.Fatalf("without a sandbox: %v", err) // else what follows would show nothing
	}
	o.Launcher = self.Path()
	_, err := startGood(t, "good", o).Run(context.Background(), acquireRun(t, order{Do: "eat"}))
	want := "plugin good ended in operation acquire: exit status 2, since it wanted more than the 1024 MiB of memory that a plugin may use "
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got  %v\nwant %s\n%s", err, want, strings.Join(stderrOf(err), "\n"))
	}
}

func TestProcessorTime(t *testing.T) {
	before, ok := processorTime(os.Getpid())
	if !ok {
		t.Fatal("it is not known")
	}
	for now := before; now == before; now, _ = processorTime(os.Getpid()) {
		_ = strings.Repeat("work", 1000)
	}
	if _, ok := processorTime(1 << 22); ok {
		t.Error("that of no process is known")
	}
}

// TestFileThatIsNoPluginInSandbox shows that the launcher's kernel and the host's say the same.
func TestFileThatIsNoPluginInSandbox(t *testing.T) {
	for content, want := range map[string]string{
		"hello, I am a text\n":                             "it is not a program, and this is linux/",
		"\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 57): "it is a program for another processor, and this is linux/",
	} {
		path := filepath.Join(t.TempDir(), "authrun-plugin-x")
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
		o := testOptions(t)
		o.Launcher = self.Path()
		_, err := Start(context.Background(), openBinary(t, "x", path), o)
		if err == nil || !strings.HasPrefix(err.Error(), "plugin x cannot be started: "+want) {
			t.Errorf("got  %v\nwant %s\n%s", err, want, strings.Join(stderrOf(err), "\n"))
		}
	}
}
