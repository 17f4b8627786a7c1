package scaffold

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// checkout is the go.sum file of a checkout of authrun: with it Go takes for the module what authrun was tested with, and need ask nobody. An error
// says why the folder is no checkout.
func checkout(dir string) (sums []byte, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("%s is no checkout of authrun: %w", dir, err)
	}
	if got := modfile.ModulePath(text); got != SDK {
		return nil, fmt.Errorf("%s is no checkout of authrun: its go.mod is of the module %q", dir, got)
	}
	return os.ReadFile(filepath.Join(dir, "go.sum"))
}
