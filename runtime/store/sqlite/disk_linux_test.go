package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

func TestFullDisk(t *testing.T) {
	s := open(t, filepath.Join(disk(t, t.TempDir(), "3m"), "authrun.db"), sqlite.Options{})
	began, err := 0, error(nil)
	for ; err == nil && began < 2000; began++ {
		_, err = s.Begin(t.Context(), store.Exchange{Address: strings.Repeat("x", 2000)}, nil)
	}
	if !errors.Is(err, store.ErrFull) {
		t.Errorf("error %v is not %v", err, store.ErrFull)
	}
	rows, err := s.Exchanges(t.Context(), store.Query{})
	if err != nil || len(rows) != began-1 {
		t.Errorf("%d rows of %d can be read: %v", len(rows), began-1, err)
	}
}

// disk makes a small file system of its own in dir, until the test has ended.
func disk(t *testing.T, dir, size string) string {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a file system of its own needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// A disk that fills up drains no quota: whatever could be begun can be settled, together with the credential that it brought, so that no call
// is made whose answer is lost.
func TestFullDiskLosesNoAnswer(t *testing.T) {
	s := open(t, filepath.Join(disk(t, t.TempDir(), "3m"), "authrun.db"), sqlite.Options{})
	calls := 0
	for ; calls < 2000; calls++ {
		key := store.Key{Vendor: "lingju", Fingerprint: fmt.Sprint(calls)}
		id, err := s.Begin(t.Context(), store.Exchange{Key: key, Address: strings.Repeat("x", 500)}, nil)
		if errors.Is(err, store.ErrFull) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		err = s.Commit(t.Context(), store.Change{Put: &store.Record{Key: key, Generation: 1, Sealed: make([]byte, 3000)},
			Outcomes: []store.Outcome{{ID: id, Outcome: "ok"}}})
		if err != nil {
			t.Fatalf("call %d was begun, and what came of it could not be written: %v", calls, err)
		}
	}
	if calls < 50 || calls == 2000 {
		t.Errorf("the disk was full after %d calls", calls)
	}
	records, err := s.Records(t.Context(), "", "")
	if err != nil || len(records) != calls {
		t.Errorf("%d credentials of %d are there: %v", len(records), calls, err)
	}
}
