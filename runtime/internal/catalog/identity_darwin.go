package catalog

import (
	"io/fs"
	"syscall"
)

// nonBlock opens what may not be a file without waiting for it.
const nonBlock = syscall.O_NONBLOCK

// inodeOf is which file it is, and when it was changed last.
func inodeOf(info fs.FileInfo) (dev, ino uint64, ctime int64) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, 0
	}
	return uint64(st.Dev), st.Ino, st.Ctimespec.Nano()
}
