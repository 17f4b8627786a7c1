package memory_test

import (
	"testing"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/runtime/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return memory.New() })
}
