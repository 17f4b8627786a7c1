//go:build unix

package client

import (
	"fmt"
	"os"
	"syscall"
)

// onlyOurs refuses a folder that another user can enter, or could have made.
func onlyOurs(path string, info os.FileInfo) error {
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("the folder for run files, %s, must be a folder that only its owner can enter (mode 0700); it is %s", path, info.Mode())
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() {
		return fmt.Errorf("the folder for run files, %s, belongs to another user", path)
	}
	return nil
}
