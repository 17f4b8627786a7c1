package cli

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk/client/launch"
)

const acmeExample = "../../examples/plugins/acme-python"

// acmePlugin builds the example plugin in Python, and gives its path.
func acmePlugin(t *testing.T) string {
	t.Helper()
	if goruntime.GOOS != "linux" {
		t.Skip("the example names the interpreter of a Debian")
	}
	if out, err := exec.Command("/usr/bin/python3", "-I", "-B", "-c", "import grpc, google.protobuf").CombinedOutput(); err != nil {
		t.Skipf("the plugin in Python cannot be tried: install python3-grpcio and python3-protobuf (%v: %s)", err, out)
	}
	dir := t.TempDir()
	if out, err := exec.Command(acmeExample+"/build.sh", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(dir, "authrun-plugin-acme")
}

// acme is the vendor of the example.
type acme struct {
	t  *testing.T
	mu sync.Mutex
	// calls are the paths that were called, in order.
	calls []string
}

func (a *acme) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, r.URL.Path)
	var asked map[string]string
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		a.t.Errorf("%s: %v", r.URL.Path, err)
	}
	switch r.URL.Path {
	case "/v1/token":
		h := hmac.New(sha256.New, []byte("opensesame"))
		h.Write([]byte(asked["app_id"] + asked["time"]))
		if asked["sign"] != hex.EncodeToString(h.Sum(nil)) {
			fmt.Fprint(w, `{"code": 1001, "msg": "wrong signature"}`)
			return
		}
		fmt.Fprint(w, `{"code": 0, "data": {"token": "token-`+asked["app_id"]+`", "refresh_token": "rt", "expires_in": "7200", "level": 3,}}`)
	case "/v1/revoke":
		fmt.Fprint(w, `{"code": 0}`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func TestPluginInPython(t *testing.T) {
	plugin := acmePlugin(t)
	vendor := &acme{t: t}
	server := httptest.NewServer(vendor)
	defer server.Close()
	home := t.TempDir()
	flow := filepath.Join(home, "flow.hcl")
	text := `
auth "acme" "each" {
  for_each   = toset(["ann", "bob", "eve"])
  base_url   = "` + server.URL + `"
  app_id     = each.key
  app_secret = each.key == "eve" ? "guessed-wrong" : "opensesame"
}
output "ann" {
  value     = auth.acme.each["ann"].token
  sensitive = true
}
`
	if err := os.WriteFile(flow, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(status int, args ...string) string {
		t.Helper()
		cmd := exec.Command("authrun", args...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + home, "GORACE=atexit_sleep_ms=0"}
		if launch.Probe().Complete() {
			cmd.Env = append(cmd.Env, "AUTHRUN_REQUIRE_SANDBOX=1")
		}
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != status {
			t.Fatalf("authrun %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		if bytes.Contains(out, []byte("opensesame")) {
			t.Errorf("authrun %s shows a secret:\n%s", strings.Join(args, " "), out)
		}
		return string(out)
	}
	holds := func(out string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(strings.Join(strings.Fields(out), " "), part) {
				t.Errorf("it does not say %s:\n%s", part, out)
			}
		}
	}

	holds(run(0, "plugin", "test", plugin, "--allow-interpreter", "--script", acmeExample+"/script.json"), "12 passed.")
	holds(run(1, "plugin", "install", plugin), "/usr/bin/python3 -I -B", "--allow-interpreter")
	holds(run(1, "validate", flow, "--plugin-dir", filepath.Dir(plugin)), "not started without your consent")
	holds(run(0, "plugin", "install", "--allow-interpreter", plugin), "runs by /usr/bin/python3 -I -B")
	holds(run(0, "plugin", "list"), "acme 0.1.0")

	// The kernel and both ends work on three operations in one process; one of them is refused.
	holds(run(1, "apply", flow), "Wrong application or signature (code 1001).")
	if out := run(0, "token", flow, `auth.acme.each["ann"]`); strings.TrimSpace(out) != "token-ann" {
		t.Errorf("the token is %q", out)
	}
	run(0, "revoke", flow, `auth.acme.each["ann"]`, "--yes")
	vendor.mu.Lock()
	defer vendor.mu.Unlock()
	if got := strings.Join(vendor.calls, " "); got != "/v1/token /v1/token /v1/token /v1/revoke" {
		t.Errorf("the vendor was called at %s", got)
	}
}

// The example's own tests are in its language.
func TestPluginInPythonByItsOwnTests(t *testing.T) {
	acmePlugin(t)
	cmd := exec.Command("/usr/bin/python3", "-B", "-m", "unittest")
	cmd.Dir = acmeExample
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// A plugin in Python ends when its host is gone, as every plugin does.
func TestPluginInPythonEndsWithItsHost(t *testing.T) {
	plugin := acmePlugin(t)
	dir := t.TempDir() // 0700, as the test's own umask may not say
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "-I", "-B", plugin)
	cmd.Env = []string{"AUTHRUN_PLUGIN_COOKIE=5f0f3d6f1f0b4f0c8b53c7d2a86e4a19", "PLUGIN_PROTOCOL_VERSIONS=1", "PLUGIN_UNIX_SOCKET_DIR=" + dir}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	line := make([]byte, 200)
	n, err := stdout.Read(line)
	if want := fmt.Sprintf("1|1|unix|%s/plugin%d|grpc\n", dir, cmd.Process.Pid); err != nil || string(line[:n]) != want {
		t.Errorf("it printed %q, %v, want %q", line[:n], err, want)
	}
	if err := stdin.Close(); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
