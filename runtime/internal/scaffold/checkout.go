package scaffold

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// CheckSDKDir says why a folder is no checkout of authrun, whose SDK a module could use; nil: it is one.
func CheckSDKDir(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return fmt.Errorf("%s is no checkout of authrun: %w", dir, err)
	}
	if got := modfile.ModulePath(text); got != SDK {
		return fmt.Errorf("%s is no checkout of authrun: its go.mod is of the module %q", dir, got)
	}
	return nil
}
