package memory_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/runtime/store/storetest"
)

func TestStore(t *testing.T) {
	defer goleak.VerifyNone(t)
	storetest.Run(t, func(_ *testing.T, rows int) (here, there store.Store) {
		s := memory.With(memory.Options{Rows: rows})
		return s, s
	})
}
