package client

import (
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk/client/launch"
	"github.com/authrun/authrun/sdk/client/launch/self"
)

// scriptBinary is a script with that content, and the test binary as its interpreter.
func scriptBinary(t *testing.T, content string) Binary {
	t.Helper()
	path := filepath.Join(t.TempDir(), "authrun-plugin-good")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	b := openBinary(t, "good", path)
	b.SHA256 = sha256.Sum256([]byte(content))
	b.Exec = []string{testBinary(t, "scripted").Path, "--isolated"}
	return b
}

func TestScript(t *testing.T) {
	for name, launcher := range map[string]string{"in a sandbox": self.Path(), "without one": ""} {
		t.Run(name, func(t *testing.T) {
			o := testOptions(t)
			o.Launcher = launcher
			p, err := Start(context.Background(), scriptBinary(t, "good"), o)
			if err != nil {
				t.Fatalf("%v\n%s", err, strings.Join(stderrOf(err), "\n"))
			}
			if _, err := p.Run(context.Background(), acquireRun(t, order{Do: "clock"})); err != nil {
				t.Error(err)
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestScriptThatWasChanged(t *testing.T) {
	b := scriptBinary(t, "good")
	if err := os.WriteFile(b.Path, []byte("evil"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(context.Background(), b, testOptions(t))
	if err == nil || !strings.Contains(err.Error(), "cannot be started: the script "+b.Path+" was written to while it was being started") {
		t.Errorf("got %v", err)
	}
}

func TestInterpreterPaths(t *testing.T) {
	for path, want := range map[string]string{
		"sh":            "the path sh that it needs is not absolute",
		"/no/such/lang": "its interpreter cannot be used: open /no/such/lang: no such file or directory",
	} {
		b := scriptBinary(t, "good")
		b.Exec = []string{path}
		o := testOptions(t)
		o.Launcher = self.Path()
		if _, err := Start(context.Background(), b, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestShellInSandbox runs a real interpreter, which is told to read what it may and what it may not.
func TestShellInSandbox(t *testing.T) {
	if probe := launch.Probe(); !probe.Complete() {
		t.Skipf("this machine has no whole sandbox: %s", probe.Gaps())
	}
	dir := t.TempDir()
	may, mayNot := filepath.Join(dir, "may"), filepath.Join(dir, "may not")
	for _, path := range []string{may, mayNot} {
		if err := os.WriteFile(path, []byte("read\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := scriptBinary(t, "read -r line <'"+may+"' && echo \"$line\" >&2\nread -r line <'"+mayNot+"' && echo \"$line\" >&2\nexit 3\n")
	b.Exec, b.Reads = []string{"/bin/sh"}, []string{may, "/not/there"}
	o := testOptions(t)
	o.Launcher = self.Path()
	_, err := Start(context.Background(), b, o)
	if err == nil || !strings.HasPrefix(err.Error(), "plugin good ended before the handshake: exit status ") {
		t.Fatalf("got %v", err)
	}
	lines := stderrOf(err)
	if len(lines) != 2 || lines[0] != "read" || !strings.Contains(lines[1], "Permission denied") {
		t.Errorf("the script wrote %q", lines)
	}
}
