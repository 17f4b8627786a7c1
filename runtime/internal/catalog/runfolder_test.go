package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestRunFolder(t *testing.T) {
	root := filepath.Join(shortDir(t), "authrun")
	r := &runFolder{roots: []string{root}}
	dir, err := r.path()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.path(); again != dir || err != nil {
		t.Errorf("another folder %s, %v, want %s", again, err, dir)
	}
	for _, path := range []string{root, dir} {
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v, want mode 0700", path, info.Mode(), err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "socket"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.remove(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestLeftoversAreSwept(t *testing.T) {
	root := shortDir(t)
	killed := filepath.Join(root, runPrefix+"1")
	unlocked := filepath.Join(root, runPrefix+"2")
	foreign := filepath.Join(root, "other")
	for _, dir := range []string{killed, unlocked, foreign, filepath.Join(killed, "p1")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(killed, lockName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	living := &runFolder{roots: []string{root}}
	alive, err := living.path()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = living.remove() }()

	next := &runFolder{roots: []string{root}}
	own, err := next.path()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = next.remove() }()
	for path, want := range map[string]bool{killed: false, unlocked: false, foreign: true, alive: true, own: true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", path, err == nil, want)
		}
	}
}

func TestRunRoots(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no modes, and no sockets")
	}
	base := shortDir(t)
	open, file, link := filepath.Join(base, "open"), filepath.Join(base, "file"), filepath.Join(base, "link")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(base, link); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(base, strings.Repeat("x", 90))
	for root, says := range map[string]string{open: "only this user can reach", file: "not a directory", link: "only this user can reach", long: "too long"} {
		bad := &runFolder{roots: []string{root}}
		if dir, err := bad.path(); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), root) {
			t.Errorf("%s: %s, %v, want an error that says %q", root, dir, err, says)
		}
		good := &runFolder{roots: []string{root, filepath.Join(base, "good")}}
		if dir, err := good.path(); err != nil || filepath.Dir(dir) != filepath.Join(base, "good") {
			t.Errorf("%s, %v, want one in the next root", dir, err)
		}
		if err := good.remove(); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(long); err != nil || len(left) > 0 {
		t.Errorf("left behind in the long root: %v, %v", left, err)
	}
	if _, err := (&runFolder{}).path(); err == nil {
		t.Error("a folder was made nowhere")
	}
}

func TestNoRunFolderNoPlugin(t *testing.T) {
	s := newStage(t, func(o *Options) { o.RunRoots = nil })
	put(t, s.dir, "sample", "")
	if _, err := s.Plugin(t.Context(), "sample"); err == nil || !strings.Contains(err.Error(), "no private folder") {
		t.Errorf("error %v, want that there is no private folder", err)
	}
}
