package client

import (
	"fmt"
	"os"
)

// onlyOurs refuses what is no folder. There is no socket in it here, and so nothing to guard.
func onlyOurs(path string, info os.FileInfo) error {
	if !info.IsDir() {
		return fmt.Errorf("the folder for run files, %s, is not a folder", path)
	}
	return nil
}
