package runtime_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/runtimetest"
)

// Two runtimes with stores of their own live in one process and know nothing of each other.
func TestTwoRuntimes(t *testing.T) {
	type side struct {
		vendor *runtimetest.Vendor
		source *authrun.TokenSource
		flow   *authrun.Flow
	}
	var sides []side
	for range 2 {
		vendor := &runtimetest.Vendor{Name: "acme", Life: time.Hour}
		options := authrun.Options{Store: filepath.Join(t.TempDir(), "own.db"), Key: strings.Repeat("5a", 32)}
		stage := runtimetest.Open(t, options, authrun.Inputs{}, oneBlock, vendor)
		sides = append(sides, side{vendor, stage.Source("auth.acme.main"), stage.Flow})
	}
	var all sync.WaitGroup
	for range 8 {
		for _, s := range sides {
			all.Go(func() {
				for range 20 {
					c, err := s.source.Credential(t.Context())
					if err == nil && c.Generation < 3 {
						_, err = s.source.Refused(t.Context(), c.Token)
					}
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	for i, s := range sides {
		history, err := s.flow.History(t.Context())
		if err != nil || len(history) != 3 || s.vendor.Calls() != 3 {
			t.Errorf("runtime %d: %d calls, %d in its ledger, %v; want 3", i, s.vendor.Calls(), len(history), err)
		}
	}
}

// A runtime whose sources were in use, with plugin processes, leaves no file, socket or process behind.
func TestNothingIsLeft(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it reads /proc")
	}
	s := newStage(t)
	path := s.write(all)
	use := func() {
		rt, err := authrun.Open(s.options)
		if err != nil {
			t.Fatal(err)
		}
		f, diags := rt.Load(t.Context(), path, authrun.Inputs{Vars: s.vars})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		var using sync.WaitGroup
		for _, address := range f.Names().Addresses {
			source, err := f.TokenSource(address)
			if err != nil {
				t.Fatal(err)
			}
			using.Go(func() {
				for _, err := range source.Watch(t.Context()) {
					if err != nil {
						t.Error(err)
					}
					break
				}
			})
		}
		using.Wait()
		if err := rt.Close(); err != nil {
			t.Error(err)
		}
	}
	use() // what is opened once, and shared, is opened now
	files, children := openFiles(t), childrenOf(t)
	s.pass(48 * time.Hour) // so that vendors are called again, by plugins
	use()
	// A socket that was closed goes away a moment later.
	for range 100 {
		if len(openFiles(t)) <= len(files) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if now := openFiles(t); len(now) > len(files) {
		t.Errorf("open before: %v; now: %v", files, now)
	}
	if now := childrenOf(t); len(now) > len(children) {
		t.Errorf("processes before: %v; now: %v", children, now)
	}
}

// openFiles are what this process has open, sockets of the stage's vendors and all.
func openFiles(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, e := range entries {
		if target, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name())); err == nil {
			open = append(open, target)
		}
	}
	return open
}

// childrenOf this process are those that still run or were not waited for.
func childrenOf(t *testing.T) []string {
	t.Helper()
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, task := range tasks {
		if raw, err := os.ReadFile(task); err == nil {
			all = append(all, strings.Fields(string(raw))...)
		}
	}
	return all
}
