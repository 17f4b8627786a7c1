package embed_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/authrun/authrun/examples/simulator/server"
)

// program builds an example and gives a command that runs it in a home of its own.
func program(t *testing.T, name, home string, args ...string) *exec.Cmd {
	t.Helper()
	binary := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command("go", "build", "-o", binary, "./"+name).CombinedOutput(); err != nil {
		t.Fatalf("%s does not build: %v\n%s", name, err, out)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
	return cmd
}

// readme gives the arguments of an example as README.md runs it, with the simulator of a test.
func readme(t *testing.T, name, simulator string) []string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, line, found := strings.Cut(string(text), "go run ./examples/embed/"+name+" ")
	if !found {
		t.Fatalf("README.md does not run %s", name)
	}
	line, _, _ = strings.Cut(line, "\n")
	return strings.Fields(strings.ReplaceAll(line, "http://127.0.0.1:18080", simulator))
}

// TestReadme runs the command that needs nothing but the simulator as README.md says.
func TestReadme(t *testing.T) {
	_, url := vendors(t)
	out, err := program(t, "call", t.TempDir(), readme(t, "call", url)...).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "200 OK\n") {
		t.Errorf("%s %v", out, err)
	}
	if args := readme(t, "service", url); len(args) != 1 {
		t.Errorf("service is run with %q", args)
	}
	if args := readme(t, "own", url); len(args) != 2 {
		t.Errorf("own is run with %q", args)
	}
}

// vendors serves the five vendors on loopback.
func vendors(t *testing.T) (*server.Server, string) {
	t.Helper()
	s, err := server.New(server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	t.Cleanup(func() {
		if wrong := s.Violations(); len(wrong) > 0 {
			t.Errorf("vendors were asked against their documents: %v", wrong)
		}
	})
	return s, listener.URL
}

func TestCall(t *testing.T) {
	simulated, url := vendors(t)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer YWMt") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, "ann, bob")
	}))
	defer api.Close()
	home := t.TempDir()
	for range 2 {
		out, err := program(t, "call", home, url, api.URL+"/users").CombinedOutput()
		if err != nil || string(out) != "200 OK\nann, bob" {
			t.Errorf("%s %v", out, err)
		}
	}
	if n := simulated.Calls()["easemob"]; n != 1 {
		t.Errorf("%d calls of two runs, want 1", n)
	}
}

func TestOwn(t *testing.T) {
	simulated, url := vendors(t)
	home := t.TempDir()
	first, err := program(t, "own", home, url, home).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(first), "audit: ") ||
		!strings.HasSuffix(string(first), " acquire auth.ekuaibao.expenses\nauth.ekuaibao.expenses acquire\ncompany = \"34A73EyI8A0w00\"\n") {
		t.Errorf("%s %v", first, err)
	}
	second, err := program(t, "own", home, url, home).CombinedOutput()
	if err != nil || string(second) != "auth.ekuaibao.expenses reuse\ncompany = \"34A73EyI8A0w00\"\n" {
		t.Errorf("%s %v", second, err)
	}
	if n := simulated.Calls()["ekuaibao"]; n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

func TestService(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	simulated, url := vendors(t)
	cmd := program(t, "service", t.TempDir(), url)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	valid, stopped, ended := map[string]bool{}, false, false
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		line := lines.Text()
		if _, rest, ok := strings.Cut(line, "msg=valid address="); ok {
			valid[strings.Fields(rest)[0]] = true
		}
		if len(valid) == 5 && !stopped {
			stopped = true
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
		ended = stopped && strings.Contains(line, "msg=ended")
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if len(valid) != 5 || !ended {
		t.Errorf("valid: %v; ended in order: %t", valid, ended)
	}
	calls := simulated.Calls()
	for address := range valid {
		if vendor := strings.Split(address, ".")[1]; calls[vendor] != 1 {
			t.Errorf("%d calls of %s, want 1", calls[vendor], vendor)
		}
	}
}
