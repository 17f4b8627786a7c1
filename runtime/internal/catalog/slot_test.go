package catalog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// mustDescribe describes a vendor and checks what comes.
func mustDescribe(t *testing.T, c *Catalog, vendor string) {
	t.Helper()
	got, err := c.Describe(t.Context(), vendor)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(description(vendor), got); d != "" {
		t.Errorf("description (-want +got):\n%s", d)
	}
}

func TestDescribeIsRemembered(t *testing.T) {
	s := newStage(t)
	path := put(t, s.dir, "sample", "one")
	mustDescribe(t, s.Catalog, "sample")
	mustDescribe(t, s.Catalog, "sample")
	if n := s.fakes.count(); n != 1 {
		t.Fatalf("%d starts for two questions, want 1", n)
	}
	starts := func(name string, want int, change ...func(*Options)) {
		t.Helper()
		before := s.fakes.count()
		mustDescribe(t, s.open(t, change...), "sample")
		if got := s.fakes.count() - before; got != want {
			t.Errorf("%s: %d starts, want %d", name, got, want)
		}
	}
	starts("the next run", 0)
	starts("a run without a memory", 1, func(o *Options) { o.CacheDir = "" })
	starts("another authrun", 1, func(o *Options) { o.HostVersion = "0.2.0" })
	starts("the first authrun again", 1)

	if err := os.Remove(filepath.Join(s.cache, "hashes.json")); err != nil {
		t.Fatal(err)
	}
	starts("the hashes are lost", 0)

	other := t.TempDir()
	put(t, other, "sample", "one")
	starts("the same file elsewhere", 0, func(o *Options) { o.Dirs = []string{other} })

	if err := os.WriteFile(path, append(program(t), "two"...), 0o700); err != nil {
		t.Fatal(err)
	}
	starts("a changed file", 1)
	starts("the changed file again", 0)
}

func TestDescribeAfterAnUpgradeInOneRun(t *testing.T) {
	s := newStage(t)
	path := put(t, s.dir, "sample", "one")
	mustDescribe(t, s.Catalog, "sample")
	s.fakes.last().die()
	if err := os.WriteFile(path+".new", append(program(t), "two"...), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	first := s.fakes.last().binary
	mustDescribe(t, s.Catalog, "sample")
	second := s.fakes.last().binary
	if s.fakes.count() != 2 || first.SHA256 == second.SHA256 || first.File == second.File {
		t.Errorf("%d starts, want one of each file", s.fakes.count())
	}
}

func TestWhatIsStartedIsWhatWasOpened(t *testing.T) {
	s := newStage(t)
	path := put(t, s.dir, "sample", "one")
	p, err := s.Plugin(t.Context(), "sample")
	if err != nil {
		t.Fatal(err)
	}
	got := p.(*fake)
	if got.binary.Path != path || got.binary.Vendor != "sample" || got.binary.Verified == nil {
		t.Errorf("binary %+v", got.binary)
	}
	here, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := got.binary.File.Stat(); err != nil || !os.SameFile(info, here) || !os.SameFile(got.binary.Verified, here) {
		t.Errorf("the open file is not the one that was found: %v", err)
	}
	if !strings.HasPrefix(got.options.RunDir, s.root+string(filepath.Separator)) || got.options.HostVersion != "0.1.0" {
		t.Errorf("options %+v", got.options)
	}
}

func TestMisfitIsNotRemembered(t *testing.T) {
	s := newStage(t)
	path := put(t, s.dir, "sample", "")
	s.fakes.describes = func(string) (sdk.Description, error) { return description("other"), nil }
	for range 2 {
		_, err := s.Describe(t.Context(), "sample")
		var fault *client.Error
		if !errors.As(err, &fault) || fault.Path != path || !strings.Contains(err.Error(), `it is for vendor "other"`) {
			t.Fatalf("error %v, want that the plugin is for another vendor", err)
		}
	}
	s.fakes.describes = nil
	mustDescribe(t, s.open(t), "sample")
}

func TestDescribeFails(t *testing.T) {
	s := newStage(t)
	put(t, s.dir, "sample", "")
	broken := errors.New("broken")
	s.fakes.describes = func(string) (sdk.Description, error) { return sdk.Description{}, broken }
	if _, err := s.Describe(t.Context(), "sample"); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

func TestDescribeAtOnce(t *testing.T) {
	s := newStage(t)
	var wg sync.WaitGroup
	for v := range 5 {
		name := fmt.Sprintf("vendor%d", v)
		put(t, s.dir, name, name)
		for range 10 {
			wg.Go(func() {
				if is, err := s.Describe(t.Context(), name); err != nil || is.Vendor != name {
					t.Errorf("%s: %v, %v", name, is.Vendor, err)
				}
			})
		}
	}
	wg.Wait()
	if n := s.fakes.count(); n != 5 {
		t.Errorf("%d starts, want one for each of 5 vendors", n)
	}
}

func TestDescribeWaitsOnItsOwnContext(t *testing.T) {
	s := newStage(t)
	put(t, s.dir, "sample", "")
	s.fakes.hold = make(chan struct{})
	first := make(chan error, 1)
	go func() { _, err := s.Describe(t.Context(), "sample"); first <- err }()
	for s.fakes.count() == 0 {
		select {
		case err := <-first:
			t.Fatalf("the first ended early: %v", err)
		default:
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Describe(ctx, "sample"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that it was canceled", err)
	}
	close(s.fakes.hold)
	if err := <-first; err != nil {
		t.Errorf("the first failed because of the second: %v", err)
	}
}

func TestBuiltin(t *testing.T) {
	asked := 0
	inner := telling{vendor{"inner"}, func(name string) (sdk.Description, error) { asked++; return description(name), nil }}
	s := newStage(t, func(o *Options) { o.Builtin = map[string]sdk.Plugin{"inner": inner, "wrong": vendor{"inner"}} })
	mustDescribe(t, s.Catalog, "inner")
	mustDescribe(t, s.Catalog, "inner")
	if asked != 1 {
		t.Errorf("it was asked %d times, want 1", asked)
	}
	p, err := s.Plugin(t.Context(), "inner")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := p.Run(t.Context(), sdk.Run{}); err != nil || r.Value == nil {
		t.Errorf("result %s, %v", r.Value, err)
	}
	if _, err := s.Describe(t.Context(), "wrong"); err == nil || !strings.Contains(err.Error(), "built in") {
		t.Errorf("error %v, want one about the builtin", err)
	}
	if s.fakes.count() != 0 {
		t.Error("a process was started for a builtin")
	}
	if entries, _ := os.ReadDir(s.root); len(entries) > 0 {
		t.Errorf("a folder was made for a builtin: %v", entries)
	}
	if _, err := os.Stat(s.cache); err == nil {
		t.Error("a builtin was remembered")
	}
}
