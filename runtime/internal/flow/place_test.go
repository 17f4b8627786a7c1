package flow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// A file that is none is told, and not waited for.
func TestOpenRegular(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]Place{
		dir: {},
		".": {FS: fstest.MapFS{"file": {Data: []byte("x")}}},
	} {
		f, err := p.OpenRegular(p.Join(name, "file"))
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		if _, err := p.OpenRegular(p.Join(name, "other")); !os.IsNotExist(err) {
			t.Errorf("%v", err)
		}
		if _, err := p.OpenRegular(name); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("%v", err)
		}
	}
}
