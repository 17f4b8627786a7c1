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

	"github.com/authrun/authrun/sdk/client/launch"
	"github.com/authrun/authrun/sdk/client/launch/self"
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
func hunt(t *testing.T, uid int, launcher string) held {
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
	host.Env = append(os.Environ(), envHunter+"="+"-"+launcher, "RUN_DIR="+run)
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
