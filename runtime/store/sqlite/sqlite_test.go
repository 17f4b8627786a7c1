package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
	"github.com/authrun/authrun/runtime/store/storetest"
)

func TestStore(t *testing.T) {
	defer goleak.VerifyNone(t)
	storetest.Run(t, func(t *testing.T, rows int) (here, there store.Store) {
		path := filepath.Join(t.TempDir(), "state", "authrun.db")
		for _, s := range []*store.Store{&here, &there} {
			opened, created, err := sqlite.Open(t.Context(), path, sqlite.Options{Rows: rows, Poll: 5 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			if first := s == &here; created != first {
				t.Errorf("created is %v, want %v", created, first)
			}
			*s = opened
		}
		return here, there
	})
}
