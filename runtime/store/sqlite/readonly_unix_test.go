//go:build unix

package sqlite_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nobody is a user for whom rights hold, which they do not for root.
const nobody = 65534

// unprivileged gives children the rights of nobody where the test runs as root. The test binary lies where nobody may not look, so they run a
// copy; what a child works on must be given to nobody by [give].
func unprivileged(t *testing.T) func(*exec.Cmd) {
	t.Helper()
	if os.Getuid() != 0 {
		return func(*exec.Cmd) {}
	}
	place := t.TempDir()
	for folder := place; folder != filepath.Dir(folder) && folder != os.TempDir(); folder = filepath.Dir(folder) {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	copied := filepath.Join(place, "test")
	copyFile(t, "/proc/self/exe", copied)
	return func(c *exec.Cmd) {
		c.Path = copied
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}

// give makes a folder and what is in it nobody's, where the test runs as root.
func give(t *testing.T, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, nobody, nobody))
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := filepath.Dir(dir); folder != filepath.Dir(folder) && folder != os.TempDir(); folder = filepath.Dir(folder) {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Skipf("no copy of the test binary: %v", err)
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, in.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
}

// restrict sets the rights of a folder until the test has ended.
func restrict(t *testing.T, dir string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(dir, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) }) // So that it can be removed.
}

// Where nothing can be made the error says what, and that it is about rights.
func TestOpenWhereNothingCanBeMade(t *testing.T) {
	dir := t.TempDir()
	give(t, dir)
	restrict(t, dir, 0o500)
	asNobody := unprivileged(t)
	for name, says := range map[string]string{
		"authrun.db":       "its folder " + dir + " cannot be written",
		"state/authrun.db": "its folder " + filepath.Join(dir, "state") + " cannot be made",
	} {
		path := filepath.Join(dir, name)
		c := start(t, "look", path, asNobody)
		line := c.line(t)
		if c.Wait() == nil || line != "error: store "+path+": "+says+": the store is read-only: permission denied" {
			t.Errorf("%s: %s", name, line)
		}
	}
}

// A store that cannot be written is read, whatever state it was left in, and says why it cannot be written.
func TestReadOnly(t *testing.T) {
	asNobody := unprivileged(t)
	for _, c := range []struct {
		name         string
		file, folder os.FileMode
		crashed      bool // the last writer was killed, and what it wrote is in the WAL
		says         string
	}{
		{"the file", 0o400, 0o700, false, "the file cannot be written"},
		{"the folder", 0o600, 0o500, false, "its folder"},
		{"both", 0o400, 0o500, false, "the file cannot be written"},
		{"the file, after a crash", 0o400, 0o700, true, "the file cannot be written"},
		{"the folder, after a crash", 0o600, 0o500, true, "its folder"},
		{"both, after a crash", 0o400, 0o500, true, "the file cannot be written"},
	} {
		for _, shm := range []string{"kept", "gone"} {
			t.Run(c.name+", shm "+shm, func(t *testing.T) {
				path := made(t)
				if c.crashed {
					writer := start(t, "linger", path)
					writer.line(t)
					if err := writer.Process.Kill(); err != nil {
						t.Fatal(err)
					}
					_ = writer.Wait()
				}
				if shm == "gone" {
					if err := os.Remove(path + "-shm"); err != nil {
						t.Fatal(err)
					}
				}
				give(t, filepath.Dir(path))
				for _, name := range []string{path, path + "-wal", path + "-shm"} {
					if err := os.Chmod(name, c.file); err != nil && !errors.Is(err, os.ErrNotExist) {
						t.Fatal(err)
					}
				}
				restrict(t, filepath.Dir(path), c.folder)
				lines := start(t, "look", path, asNobody).rest(t)
				rows, backup := "rows 1", "backup of 1 <nil>"
				if c.crashed {
					rows, backup = "rows 2", "backup of 2 <nil>"
				}
				for i, want := range []string{rows, rows, "begin true store ", "commit true store ", "set true store ", backup} {
					if i >= len(lines) || !strings.HasPrefix(lines[i], want) || i > 1 && i < 5 && !strings.Contains(lines[i], c.says) {
						t.Fatalf("want the lines to begin with %q, and say %q:\n%s", want, c.says, strings.Join(lines, "\n"))
					}
				}
			})
		}
	}
}

// Who reads a store that he cannot write sees what those write who can.
func TestReadOnlySeesNews(t *testing.T) {
	path := made(t)
	give(t, filepath.Dir(path))
	want := []string{"read-only true", "rows 2"}
	if diff := cmp.Diff(want, start(t, "news", path, unprivileged(t)).rest(t)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
