package scaffold

import (
	"go/types"
	"slices"
	"testing"
)

// What Go declares is what is written down.
func TestPredeclared(t *testing.T) {
	if got := types.Universe.Names(); !slices.Equal(got, predeclared) {
		t.Errorf("Go declares %v", got)
	}
}
