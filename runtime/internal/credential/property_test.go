package credential

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// TestStorms plays many storms. AUTHRUN_TEST_STORMS is how many, in place of the usual number; AUTHRUN_TEST_SEED plays the one storm of that
// seed, whose whole story -v shows.
func TestStorms(t *testing.T) {
	storms := 2500
	if testing.Short() {
		storms = 300
	}
	storms = int(number(t, "AUTHRUN_TEST_STORMS", uint64(storms)))
	if seed := number(t, "AUTHRUN_TEST_SEED", 0); seed > 0 {
		playStorm(t, seed, inMemory())
		return
	}
	for seed := range uint64(storms) {
		playStorm(t, seed+1, inMemory())
	}
}

// TestStormsOnDisk plays some storms over the store that people use, where every process has it open for itself.
func TestStormsOnDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("it syncs a disk thousands of times")
	}
	for seed := range uint64(6) {
		path := filepath.Join(t.TempDir(), "authrun.db")
		playStorm(t, seed+1, func() store.Store {
			s, _, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			return s
		})
	}
}

// inMemory is a store that all processes share.
func inMemory() func() store.Store {
	s := memory.New()
	return func() store.Store { return s }
}

func playStorm(t *testing.T, seed uint64, open func() store.Store) {
	t.Helper()
	s := newStorm(seed, open)
	s.play()
	if s.broken != "" {
		s.show(t, seed)
	}
}

func number(t *testing.T, name string, usual uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
