package sqlite_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=300k"); err != nil {
		t.Skipf("a file system of its own needs root: %v", err)
	}
	defer func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	s, _, err := sqlite.Open(t.Context(), filepath.Join(dir, "authrun.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	began := 0
	for ; err == nil && began < 1000; began++ {
		_, err = s.Begin(t.Context(), store.Exchange{Address: strings.Repeat("x", 2000)}, nil)
	}
	if !errors.Is(err, store.ErrFull) {
		t.Errorf("error %v is not %v", err, store.ErrFull)
	}
	rows, err := s.Exchanges(t.Context(), store.Query{})
	if err != nil || len(rows) != began-1 {
		t.Errorf("%d rows of %d can be read: %v", len(rows), began-1, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
