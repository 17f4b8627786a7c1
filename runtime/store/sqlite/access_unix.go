//go:build unix

package sqlite

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/authrun/authrun/runtime/store"
)

// access tells whether this process may write the file or folder. It does not open it.
func access(path string) error {
	return unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS)
}

// sentinel is the store's error for an error of the file system, or nil.
func sentinel(err error) error {
	switch {
	case errors.Is(err, unix.EROFS), errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return store.ErrReadOnly
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return store.ErrFull
	}
	return nil
}

// lockless is the name of SQLite's layer over the file system that takes no locks of files.
const lockless = "unix-none"
