package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/cli/internal/terminaltest"
)

// TestPluginTestAt80Columns shows what is said of a beginner's plugin on a screen of 80 columns, and holds it to a golden file. UPDATE_SCRIPTS
// writes it anew: read the difference as the plugin's author would.
func TestPluginTestAt80Columns(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "authrun-plugin-leaky")
	if err := os.WriteFile(binary, content, 0o700); err != nil {
		t.Fatal(err)
	}
	golden, err := filepath.Abs("testdata/plugintest/leaky.txt")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(binary))
	screen := terminaltest.New(80, 1000)
	env := Env{Args: []string{"plugin", "test", "authrun-plugin-leaky", "--no-color"}, Stdin: strings.NewReader(""), Stdout: screen, Stderr: screen,
		Now: time.Now, Zone: zone}
	if status := Run(t.Context(), env); status != ExitFailed {
		t.Errorf("status %d", status)
	}
	got := screen.Text()
	if strings.Contains(got, "made-up-password") {
		t.Error("a secret is shown")
	}
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}
