package scaffold_test

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authrun/authrun/runtime/internal/scaffold"
)

// checkout is this checkout's folder.
const checkout = "../../.."

// stranger is somebody who has a released authrun, Go, and nothing else of authrun: a home and a folder to work in that are empty. Go gets authrun's
// SDK from a proxy that is made of the checkout, and other modules from those on this machine: no network.
type stranger struct {
	t   *testing.T
	dir string
	env []string
}

// with is the stranger in another test, and another folder. What Go has got is kept.
func (s stranger) with(t *testing.T) stranger { return stranger{t: t, dir: t.TempDir(), env: s.env} }

// newStranger makes one.
func newStranger(t *testing.T) stranger {
	t.Helper()
	s := stranger{t: t, dir: t.TempDir()}
	modules, cache, tool := goEnv(t, "GOMODCACHE"), goEnv(t, "GOCACHE"), goEnv(t, "GOROOT")+"/bin/go"
	base := t.TempDir()
	proxy, home, bin := filepath.Join(base, "proxy"), filepath.Join(base, "home"), filepath.Join(base, "bin")
	for _, dir := range []string{home, bin} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	serveModule(t, proxy)
	// Tidying wants the modules that test the SDK's dependencies, too, which nobody here has. -e goes on without them.
	s.write(filepath.Join(bin, "go"), "#!/bin/sh\n[ \"$*\" != 'mod tidy' ] || exec '"+tool+"' mod tidy -e 2>/dev/null\nexec '"+tool+"' \"$@\"\n", 0o700)
	s.env = append(os.Environ(), "HOME="+home, "PATH="+bin+":"+os.Getenv("PATH"), "GOENV=off", "GOTOOLCHAIN=local", "GOSUMDB=off", "GOCACHE="+cache,
		"GOMODCACHE="+filepath.Join(base, "modules"), "GOPROXY=file://"+proxy+",file://"+modules+"/cache/download",
		"GOFLAGS=-trimpath -modcacherw -buildvcs=false", "CGO_ENABLED=0", "GOWORK=off",
		"MAKEFLAGS=PLATFORMS="+goEnv(t, "GOOS")+"/"+goEnv(t, "GOARCH"))
	return s
}

// run runs a shell script in the stranger's folder, and gives what it printed.
func (s stranger) run(script string) string {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "sh", "-e", "-c", script)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// write writes a file; its path may be one in the stranger's folder.
func (s stranger) write(path, text string, mode fs.FileMode) {
	s.t.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		s.t.Fatal(err)
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// serveModule makes a folder a module proxy that has authrun's SDK as it is in the checkout, under the released version.
func serveModule(t *testing.T, proxy string) {
	t.Helper()
	dir := filepath.Join(proxy, scaffold.SDK, "@v")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	version := "v" + released
	for name, text := range map[string]string{"list": version + "\n", version + ".mod": string(module),
		version + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2026-01-01T00:00:00Z"}`, version)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.Create(filepath.Join(dir, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(file)
	pack := func(path string) {
		name, err := filepath.Rel(checkout, path)
		if err == nil {
			err = packFile(z, scaffold.SDK+"@"+version+"/"+filepath.ToSlash(name), path)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	pack(filepath.Join(checkout, "go.mod"))
	err = filepath.WalkDir(filepath.Join(checkout, "sdk"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			pack(path)
		}
		return err
	})
	for _, err := range []error{err, z.Close(), file.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func packFile(z *zip.Writer, name, path string) error {
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	_ = file.Close()
	return err
}
