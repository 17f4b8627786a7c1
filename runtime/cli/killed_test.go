package cli

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"fmt"

	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to hold the store's write lock as another process would

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

const kioskFlow = `
variable "kiosk" {
  type = string
}
auth "kiosk" "ann" {
  url  = var.kiosk
  user = "ann"
  network {
    ca_file = "ca.pem"
  }
}
`

// victim is a home whose processes are killed, and the kiosk that they call.
type victim struct {
	t      *testing.T
	home   string
	vendor *httptest.Server
	front  *door

	cmd   *exec.Cmd // under way
	lines *bufio.Scanner

	mu    sync.Mutex
	paths []string // of the requests that the kiosk got
	used  []string // what was presented to it for renewal
	next  next
}

// next is what the kiosk does with its next request.
type next struct {
	asked, answer chan struct{} // it tells of the request by the one, and answers when the other is closed; nil: it answers at once
	stay          bool          // the plugin is to stay with the answer
	before        func()        // is done before the answer; nil: nothing
}

func (v *victim) does(n next) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.next = n
}

func newVictim(t *testing.T) *victim {
	v := &victim{t: t, home: t.TempDir()}
	v.vendor = httptest.NewUnstartedServer(http.HandlerFunc(v.serve))
	v.front = &door{Listener: v.vendor.Listener, met: make(chan net.Conn, 1)}
	v.vendor.Listener = v.front
	v.vendor.StartTLS()
	t.Cleanup(v.vendor.Close)
	v.write("flow.hcl", []byte(kioskFlow))
	v.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: v.vendor.Certificate().Raw}))
	return v
}

func (v *victim) write(name string, content []byte) {
	v.t.Helper()
	if err := os.WriteFile(filepath.Join(v.home, name), content, 0o600); err != nil {
		v.t.Fatal(err)
	}
}

// serve sells tickets, and renews a pair once.
func (v *victim) serve(w http.ResponseWriter, r *http.Request) {
	var form struct{ With string }
	_ = json.NewDecoder(r.Body).Decode(&form) // nothing is presented if that fails
	v.mu.Lock()
	v.paths = append(v.paths, r.URL.Path)
	n := len(v.paths)
	dead := r.URL.Path == "/renew" && slices.Contains(v.used, form.With)
	if r.URL.Path == "/renew" {
		v.used = append(v.used, form.With)
	}
	do := v.next
	v.next = next{}
	v.mu.Unlock()
	if dead {
		v.t.Errorf("the pair %s was sent a second time", form.With)
	}
	if do.asked != nil {
		close(do.asked)
		<-do.answer
	}
	if do.before != nil {
		do.before()
	}
	fmt.Fprintf(w, `{"ticket": "ticket-number-%d", "coupon": "coupon-number-%d", "stay": %t}`, n, n, do.stay)
}

// door is a listener that may keep one caller standing before TLS begins.
type door struct {
	net.Listener
	mu   sync.Mutex
	shut bool
	met  chan net.Conn // who stands there
}

// close shuts the door before the next caller.
func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = true
}

// Accept lets callers in, but for one where the door is shut.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		shut := d.shut
		d.shut = false
		d.mu.Unlock()
		if !shut {
			return conn, nil
		}
		d.met <- conn
	}
}

// authrun is a process of authrun's own in the victim's home.
func (v *victim) authrun(args ...string) *exec.Cmd {
	cmd := exec.Command("authrun", args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + v.home, "XDG_RUNTIME_DIR=" + v.home, "AUTHRUN_VAR_kiosk=" + v.vendor.URL,
		"GORACE=atexit_sleep_ms=0"}
	return cmd
}

// start starts the process that is to be killed.
func (v *victim) start(args ...string) {
	v.t.Helper()
	v.cmd = v.authrun(append([]string{"apply", filepath.Join(v.home, "flow.hcl"), "--json", "--log-level", "kiosk=info"}, args...)...)
	r, w, err := os.Pipe()
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { _ = r.Close() })
	v.cmd.Stdout, v.cmd.Stderr = w, w
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	_ = w.Close()
	v.lines = bufio.NewScanner(r)
}

// says waits until the process writes a line with that text.
func (v *victim) says(text string) {
	v.t.Helper()
	var all []string
	for v.lines.Scan() {
		if strings.Contains(v.lines.Text(), text) {
			return
		}
		all = append(all, v.lines.Text())
	}
	v.t.Fatalf("it ended without saying %q: %q", text, all)
}

// kill kills the process where it stands, and waits until its plugins are gone, too.
func (v *victim) kill() {
	v.t.Helper()
	var plugins []string
	if runtime.GOOS == "linux" {
		children, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", v.cmd.Process.Pid))
		if err != nil {
			v.t.Fatal(err)
		}
		for _, file := range children {
			text, err := os.ReadFile(file)
			if err != nil {
				continue // A thread that has ended has no children.
			}
			plugins = append(plugins, strings.Fields(string(text))...)
		}
		if len(plugins) == 0 {
			v.t.Error("the process to be killed has no plugin")
		}
	}
	if err := v.cmd.Process.Kill(); err != nil {
		v.t.Fatal(err)
	}
	_ = v.cmd.Wait() // It was killed.
	for _, pid := range plugins {
		if !gone(pid) {
			v.t.Errorf("the plugin %s outlives its host", pid)
		}
	}
}

// gone waits until the process of that number has ended, and tells whether it did.
func gone(pid string) bool {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); runtime.Gosched() {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil {
			return true
		}
		if _, rest, _ := strings.Cut(string(stat), ") "); strings.HasPrefix(rest, "Z") || strings.HasPrefix(rest, "X") {
			return true
		}
	}
	return false
}

func (v *victim) store() string {
	return filepath.Join(v.home, ".local", "state", "authrun", "authrun.db")
}

// lock takes the store's write lock, as another process would that is in the middle of a write, until unlock.
func (v *victim) lock() (unlock func()) {
	v.t.Helper()
	db, err := sql.Open("sqlite", "file:"+v.store()+"?_busy_timeout=10000")
	if err != nil {
		v.t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err == nil {
		_, err = conn.ExecContext(context.Background(), "BEGIN IMMEDIATE")
	}
	if err != nil {
		v.t.Fatal(err)
	}
	return sync.OnceFunc(func() {
		if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
			v.t.Error(err)
		}
		if err := db.Close(); err != nil {
			v.t.Error(err)
		}
	})
}

// ledger are the operations and outcomes of all exchanges.
func (v *victim) ledger() string {
	v.t.Helper()
	s, _, err := sqlite.Open(v.t.Context(), v.store(), sqlite.Options{MustExist: true})
	if err != nil {
		v.t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.Exchanges(v.t.Context(), store.Query{})
	if err != nil {
		v.t.Fatal(err)
	}
	var all []string
	for _, row := range rows {
		all = append(all, strings.TrimSpace(row.Operation+" "+row.Outcome))
	}
	return strings.Join(all, ", ")
}

func (v *victim) calls() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return strings.Join(v.paths, " ")
}

// steps are the steps of an exchange, each with what brings the process there and keeps it: it was killed when reach returns, and what reach
// gives is undone afterwards.
var steps = []struct {
	name  string
	reach func(v *victim, args ...string) (undo func())
}{
	{"before the row", func(v *victim, args ...string) func() {
		unlock := v.lock()
		v.start(args...)
		v.says("it asks")
		v.kill()
		return unlock
	}},
	{"after the row", func(v *victim, args ...string) func() {
		v.front.close()
		v.start(args...)
		conn := <-v.front.met
		v.kill()
		return func() { _ = conn.Close() }
	}},
	{"after sending", func(v *victim, args ...string) func() {
		asked, answer := make(chan struct{}), make(chan struct{})
		v.does(next{asked: asked, answer: answer})
		v.start(args...)
		<-asked
		v.kill()
		return func() { close(answer) }
	}},
	{"after the answer", func(v *victim, args ...string) func() {
		v.does(next{stay: true})
		v.start(args...)
		v.says("it got an answer")
		v.kill()
		return func() {}
	}},
	{"before the commit", func(v *victim, args ...string) func() {
		locked := make(chan func(), 1)
		v.does(next{before: func() { locked <- v.lock() }})
		v.start(args...)
		v.says("it got an answer")
		v.kill()
		return <-locked
	}},
	{"after the commit", func(v *victim, args ...string) func() {
		v.start(append(args, "--keep")...)
		v.says(`"type":"auth_done"`)
		v.kill()
		return func() {}
	}},
}

// TestKilled kills authrun at every step of an exchange. The ledger knows of each call that may have left, the next run makes one call where the
// credential was not stored and none where it was, nothing that the dead one held is in its way, no plugin is left, and no pair is renewed twice.
func TestKilled(t *testing.T) {
	for _, step := range steps {
		for operation, want := range map[string]map[string]struct{ ledger, calls string }{
			"acquire": {
				"before the row":    {"acquire ok", "/buy"},
				"after the row":     {"acquire, acquire ok", "/buy"},
				"after sending":     {"acquire, acquire ok", "/buy /buy"},
				"after the answer":  {"acquire, acquire ok", "/buy /buy"},
				"before the commit": {"acquire, acquire ok", "/buy /buy"},
				"after the commit":  {"acquire ok", "/buy"},
			},
			"renew": {
				"before the row":    {"acquire ok, renew ok", "/buy /renew"},
				"after the row":     {"acquire ok, renew, acquire ok", "/buy /buy"}, // Nobody knows that it did not leave.
				"after sending":     {"acquire ok, renew, acquire ok", "/buy /renew /buy"},
				"after the answer":  {"acquire ok, renew, acquire ok", "/buy /renew /buy"},
				"before the commit": {"acquire ok, renew, acquire ok", "/buy /renew /buy"},
				"after the commit":  {"acquire ok, renew ok", "/buy /renew"},
			},
		} {
			t.Run(operation+" "+step.name, func(t *testing.T) {
				v := newVictim(t)
				var args []string
				if operation == "renew" {
					v.apply()
					args = []string{"--min-life", "2h"} // more than any ticket has
				} else if out, err := v.authrun("apply", filepath.Join(v.home, "flow.hcl"), "--offline").CombinedOutput(); err == nil {
					t.Fatalf("an offline run, which is to make the store, did not fail: %s", out)
				}
				undo := step.reach(v, args...)
				undo()
				v.apply(args...)
				if got := v.ledger(); got != want[step.name].ledger {
					t.Errorf("the ledger has %q; want %q", got, want[step.name].ledger)
				}
				if got := v.calls(); got != want[step.name].calls {
					t.Errorf("the kiosk was asked for %q; want %q", got, want[step.name].calls)
				}
				if left, err := filepath.Glob(filepath.Join(v.home, "authrun-*", "run-*")); err != nil || len(left) != 0 {
					t.Errorf("run folders are left: %v, %v", left, err)
				}
			})
		}
	}
}

// apply is a run that nobody kills.
func (v *victim) apply(args ...string) {
	v.t.Helper()
	out, err := v.authrun(append([]string{"apply", filepath.Join(v.home, "flow.hcl"), "--json"}, args...)...).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(`"type":"auth_done"`)) {
		v.t.Errorf("%v: %s", err, out)
	}
}
