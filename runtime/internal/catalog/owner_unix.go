//go:build unix

package catalog

import (
	"io/fs"
	"os"
	"syscall"
)

// onlyOurs tells whether nobody but this user may write a file or folder.
func onlyOurs(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}
