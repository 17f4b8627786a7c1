package sqlite_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
	"github.com/authrun/authrun/runtime/store/storetest"
)

func TestStore(t *testing.T) {
	defer goleak.VerifyNone(t)
	storetest.Run(t, func(t *testing.T) store.Store {
		s, created, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "state", "authrun.db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !created {
			t.Error("Open made a store and did not say so")
		}
		return s
	})
}
