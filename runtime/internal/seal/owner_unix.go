//go:build unix

package seal

import (
	"io/fs"
	"os"
	"syscall"
)

// giveTo makes f belong to whom another file belongs: whoever changes the keys of a service may be root.
func giveTo(f *os.File, like fs.FileInfo) error {
	owner, ok := like.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if has, ok := info.Sys().(*syscall.Stat_t); ok && has.Uid == owner.Uid && has.Gid == owner.Gid {
		return nil
	}
	return f.Chown(int(owner.Uid), int(owner.Gid))
}
