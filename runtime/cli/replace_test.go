package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestReplace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flow.hcl")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = before.Close() })
	if err := replace(file, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "new" {
		t.Errorf("got %q and %v", got, err)
	}
	// Who had it open still reads all of the old one: it was not written into.
	got := make([]byte, 3)
	if _, err := before.Read(got); err != nil || string(got) != "old" {
		t.Errorf("a reader got %q and %v", got, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 1 {
		t.Errorf("in the folder: %v, %v", entries, err)
	}
}

func TestReplaceRefuses(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "flow.hcl")
	if err := replace(missing, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if os.Getuid() == 0 {
		t.Skip("root may write everything")
	}
	locked := filepath.Join(t.TempDir(), "flow.hcl")
	if err := os.WriteFile(locked, []byte("old"), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := replace(locked, []byte("new")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a file that may not be written: %v", err)
	}
	if got, err := os.ReadFile(locked); err != nil || string(got) != "old" {
		t.Errorf("it holds %q now; %v", got, err)
	}
}
