package supply

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/authrun/authrun/runtime/internal/catalog"
)

// script makes a script with its manifest, which the stage starts as a plugin of that vendor.
func script(t *testing.T, vendor string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "authrun-plugin-acme")
	text := strings.Repeat("#", 1024) + `{"Vendor": "` + vendor + `", "Version": "1.2.0"}`
	for name, content := range map[string]string{path: text, path + ".json": `{"format": 1, "interpreter": ["/bin/sh"], "reads": ["/opt/x"]}`} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestInstallOfAScript(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("executables have a suffix, and scripts have none")
	}
	s := newStage(t)
	path := script(t, "acme")
	var refused *catalog.Unconsented
	if _, err := New(s.options).Install(t.Context(), path); !errors.As(err, &refused) || s.started != 0 {
		t.Fatalf("without consent: %v, %d starts", err, s.started)
	}
	s.options.AllowInterpreter = true
	taken, err := New(s.options).Install(t.Context(), path)
	if err != nil || taken.Version != "1.2.0" || taken.Sum != refused.Script.Sum || taken.Interpreter[0] != "/bin/sh" || taken.Reads[0] != "/opt/x" {
		t.Fatalf("%+v, %v", taken, err)
	}
	if read(t, taken.Path) != read(t, path) || read(t, taken.Path+".json") != read(t, path+".json") {
		t.Error("what was installed is something else")
	}
	if is, err := s.options.Catalog.Describe(t.Context(), "acme"); err != nil || is.Version != "1.2.0" {
		t.Errorf("by its name: %+v, %v", is, err)
	}
	if again, err := New(s.options).Install(t.Context(), path); err != nil || again.Fetched {
		t.Errorf("again: %+v, %v", again, err)
	}

	// A program that takes its place leaves no manifest behind.
	program := filepath.Join(t.TempDir(), "authrun-plugin-acme")
	if err := os.WriteFile(program, []byte(executable(t, "acme", "1.3.0")), 0o600); err != nil {
		t.Fatal(err)
	}
	if taken, err = New(s.options).Install(t.Context(), program); err != nil || taken.Version != "1.3.0" {
		t.Errorf("%+v, %v", taken, err)
	}
	if _, err := os.Stat(taken.Path + ".json"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the manifest: %v", err)
	}
}

func TestScriptThatDoesNotWorkIsNotConsentedTo(t *testing.T) {
	s := newStage(t)
	s.options.AllowInterpreter = true
	if _, err := New(s.options).Install(t.Context(), script(t, "other")); err == nil {
		t.Fatal("the plugin of another vendor was installed")
	}
	entries, err := os.ReadDir(filepath.Join(s.depot, "consents"))
	if err != nil || len(entries) > 0 {
		t.Errorf("there are %v, %v", entries, err)
	}
	if _, err := os.Stat(filepath.Join(s.depot, "authrun-plugin-acme")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it was installed: %v", err)
	}
}
