package runtime

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk/client/launch"
)

func TestSandboxIsRequired(t *testing.T) {
	for value, want := range map[string]bool{"": false, "0": false, "false": false, "1": true, "yes": true} {
		r := &Runtime{opts: Options{Env: func(name string) (string, bool) { return value, name == "AUTHRUN_REQUIRE_SANDBOX" }}}
		if got := r.Sandbox().Required; got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
	if r := (&Runtime{opts: Options{RequireSandbox: true}}); !r.Sandbox().Required {
		t.Error("the option is not heard")
	}
}

func TestLauncher(t *testing.T) {
	if runtime.GOOS != "linux" || !launch.Possible {
		t.Skip("there is no launcher here")
	}
	dir := t.TempDir()
	r := &Runtime{opts: Options{PluginDirs: []string{filepath.Join(dir, "none"), dir}}}
	s := r.Sandbox()
	if len(s.Held) > 0 || s.Whole() || !strings.Contains(s.Missing[0].Why, "there is no launcher") {
		t.Errorf("without a launcher: %+v", s)
	}
	for _, g := range s.Missing {
		if g.Without == "" {
			t.Errorf("%s: nobody knows what it is for", g.Layer)
		}
	}
	path := filepath.Join(dir, "authrun-launch")
	for mode, want := range map[os.FileMode]string{0o644: "", 0o755: path} {
		if err := os.WriteFile(path, nil, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if got := r.launcher(); got != want {
			t.Errorf("mode %o: %q, want %q", mode, got, want)
		}
	}
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range launch.Probe().Held {
		names = append(names, string(l))
	}
	if got := r.Sandbox().Held; !slices.Equal(got, names) {
		t.Errorf("got %v, want what the machine holds, %v", got, names)
	}
	r.opts.Launcher = "/opt/launch"
	if got := r.launcher(); got != "/opt/launch" {
		t.Errorf("the option is not heard: %q", got)
	}
}
