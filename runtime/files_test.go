package runtime_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// withFile is the flow all, with an output of the PBX's token that goes to a file.
func withFile(path string) string {
	return all + `
output "file" {
  value     = auth.ippbx.a.token
  sensitive = true
  file      = "` + path + `"
}
`
}

// TestOutputFile shows a file through its life: made, left alone, rewritten by whoever gets a new value, put right where it was changed.
func TestOutputFile(t *testing.T) {
	s := newStage(t)
	file := filepath.Join(t.TempDir(), "pbx.token")
	path := s.write(withFile(file))
	content := func() string {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	r := s.apply(path, authrun.ApplyOptions{})
	if `"`+content()+`"` != r.outputs["pbx"] || len(content()) == 0 {
		t.Fatalf("the file holds something else than the token")
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %s, %v", info.Mode(), err)
	}
	s.apply(path, authrun.ApplyOptions{})
	if again, _ := os.Stat(file); !os.SameFile(info, again) {
		t.Error("a file that is as it should be was written again")
	}

	// token writes it only where it has got a new value.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	s.run(path, func(f *authrun.Flow) {
		if _, err := f.Credential(context.Background(), "auth.ippbx.a", authrun.ApplyOptions{}, nil); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(file); err == nil {
			t.Error("a reader wrote the file")
		}
		s.pass(time.Hour)
		c, err := f.Credential(context.Background(), "auth.ippbx.a", authrun.ApplyOptions{}, nil)
		if err != nil || content() != c.Token {
			t.Error("whoever got a new value did not write the file", err)
		}
	})

	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	s.apply(path, authrun.ApplyOptions{})
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %s", info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("temporary files were left: %v", left)
	}
}

// TestOutputFileRefused shows files that are not written: the run fails, and the credential is kept.
func TestOutputFileRefused(t *testing.T) {
	dir := t.TempDir()
	elsewhere := filepath.Join(dir, "elsewhere")
	link := filepath.Join(dir, "link")
	if err := os.WriteFile(elsewhere, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, link); err != nil {
		t.Skip("no links here")
	}
	for file, want := range map[string]string{
		link:                                "symbolic link",
		dir:                                 "no regular file",
		filepath.Join(dir, "none", "token"): "no such file",
	} {
		s := newStage(t)
		path := s.write(withFile(file))
		r := s.apply(path, authrun.ApplyOptions{})
		found := false
		for _, d := range r.diags {
			found = found || d.Summary == "Output file not written" && strings.Contains(d.Detail, want) && d.Range != nil
		}
		if r.err == nil || !found || r.summary.Acquired != 5 {
			t.Errorf("%s: %v, %+v, %+v", want, r.err, r.summary, r.diags)
		}
		if again := s.apply(path, authrun.ApplyOptions{}); again.summary.Reused != 5 {
			t.Errorf("%s: the credentials were not kept: %+v", want, again.summary)
		}
	}
	if text, _ := os.ReadFile(elsewhere); string(text) != "precious" {
		t.Error("it was written through a link")
	}
}
