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

// TestDiagnosticsAt80Columns shows what is wrong with each flow in testdata/diagnostics on a screen of 80 columns, and holds it to the .txt
// file beside it. UPDATE_SCRIPTS writes these anew: read the difference as a user would.
func TestDiagnosticsAt80Columns(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	plugins := t.TempDir()
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(plugins, "authrun-plugin-shop"), content, 0o700); err != nil {
		t.Fatal(err)
	}
	flows, err := filepath.Glob("testdata/diagnostics/*.hcl*")
	if err != nil || len(flows) == 0 {
		t.Fatal("no flows in testdata/diagnostics", err)
	}
	home := t.TempDir()
	environment := func(name string) (string, bool) { return map[string]string{"HOME": home}[name], name == "HOME" }
	t.Chdir("testdata/diagnostics")
	for _, flow := range flows {
		name := filepath.Base(flow)
		t.Run(name, func(t *testing.T) {
			screen := terminaltest.New(80, 1000)
			env := Env{Args: []string{"validate", name, "--no-color", "--plugin-dir", plugins}, Stdin: strings.NewReader(""), Stdout: screen,
				Stderr: screen, Now: time.Now, Zone: zone, LookupEnv: environment}
			if status := Run(t.Context(), env); status != ExitFailed {
				t.Errorf("status %d", status)
			}
			got := strings.NewReplacer(plugins, "PLUGINS", home, "HOME").Replace(screen.Text())
			if strings.Contains(got, "opensesame") && name != "variables.hcl" { // whose variables are not sensitive
				t.Error("a secret is shown")
			}
			golden := strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".hcl") + ".txt"
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
		})
	}
}
