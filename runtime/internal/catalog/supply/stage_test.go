package supply

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	version "github.com/hashicorp/go-version"
	"go.uber.org/goleak"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/catalog/lock"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// here is the platform of this machine.
var here = source.Platform(runtime.GOOS, runtime.GOARCH)

// stage is a machine, a place where plugins are published, and a lock file.
type stage struct {
	t         *testing.T
	published string
	depot     string
	locked    []lock.Plugin
	options   Options
	started   int
}

func newStage(t *testing.T) *stage {
	s := &stage{t: t, published: t.TempDir(), depot: t.TempDir()}
	s.options = Options{Dir: t.TempDir(), Platform: here, Lock: lock.Name}
	c := catalog.New(catalog.Options{Dirs: []string{s.depot}, Depot: s.depot, HostVersion: "0.1.0", RunRoots: []string{shortDir(t)}, Start: s.start,
		Now: time.Now})
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	s.options.Catalog = c
	return s
}

// shortDir is a temporary folder whose path is short enough for a socket's.
func shortDir(t *testing.T) string {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "r")
}

// says is what a plugin of the stage says of itself; it stands at the end of its file.
type says struct{ Vendor, Version string }

// executable is a file that this machine takes for a program, and that the stage starts as a plugin.
func executable(t *testing.T, vendor, version string) string {
	t.Helper()
	f, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 1024)
	if _, err := io.ReadFull(f, head); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(says{vendor, version})
	if err != nil {
		t.Fatal(err)
	}
	return string(head) + string(text)
}

// start takes what the file says.
func (s *stage) start(_ context.Context, b client.Binary, _ client.Options) (catalog.Process, error) {
	data, err := io.ReadAll(io.NewSectionReader(b.File, 1024, 1<<20))
	var is says
	if err = errors.Join(err, json.Unmarshal(data, &is)); err != nil {
		return nil, err
	}
	s.started++
	return process{is}, nil
}

// process is a plugin that says what it is.
type process struct{ is says }

func (p process) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Vendor: p.is.Vendor, Version: p.is.Version, Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1}}}, nil
}
func (process) Check(context.Context, json.RawMessage) ([]sdk.Problem, error) { return nil, nil }
func (process) Run(context.Context, sdk.Run) (sdk.Result, error)              { return sdk.Result{}, nil }
func (process) Close() error                                                  { return nil }
func (process) Done() <-chan struct{}                                         { return nil }

// publish publishes a version for this machine and another one.
func (s *stage) publish(version string) {
	s.publishAs("acme", version, map[string]string{here: executable(s.t, "acme", version), "plan9_mips": "\x7fELF for another one " + version})
}

// publishAs publishes executables, by platform, with the list of their hashes.
func (s *stage) publishAs(vendor, version string, executables map[string]string) {
	s.t.Helper()
	r := source.Release{Vendor: vendor, Version: version, Sums: map[string]source.Sum{}}
	for platform, content := range executables {
		r.Sums[platform] = sumOf(content)
		s.write(version, source.ExecutableName(vendor, version, platform), content)
	}
	s.write(version, source.ListName(vendor, version), string(r.Text()))
}

func (s *stage) write(version, name, content string) {
	s.t.Helper()
	path := filepath.Join(s.published, "acme", version, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		s.t.Fatal(err)
	}
}

// want is the plugin with a constraint; empty: any.
func (s *stage) want(constraint string) Want {
	w := Want{Vendor: "acme", Source: s.published}
	if constraint != "" {
		c, err := version.NewConstraint(constraint)
		if err != nil {
			s.t.Fatal(err)
		}
		w.Version = c
	}
	return w
}

// init does what the verb does: it locks what was got, if all was.
func (s *stage) init(constraint string, m Mode) (Taken, error) {
	taken, next, err := New(s.options).Init(s.t.Context(), []Want{s.want(constraint)}, s.locked, m)
	if err != nil {
		return Taken{}, err
	}
	s.locked = next
	return taken[0], nil
}

// must is init that cannot fail, and gives the version.
func (s *stage) must(constraint string, m Mode) string {
	s.t.Helper()
	t, err := s.init(constraint, m)
	if err != nil {
		s.t.Fatal(err)
	}
	return t.Version
}

// kept are the files in the depot.
func (s *stage) kept() []string {
	s.t.Helper()
	var files []string
	err := filepath.WalkDir(s.depot, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return files
}

// refused checks that nothing was installed, and what was said.
func (s *stage) refused(err error, wants ...string) {
	s.t.Helper()
	for _, want := range wants {
		if err == nil || !strings.Contains(err.Error(), want) {
			s.t.Errorf("%v, want it to say %q", err, want)
		}
	}
	if files := s.kept(); len(files) > 0 {
		s.t.Errorf("something was installed: %v", files)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(data))
}
