package sqlite

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"

	"github.com/authrun/authrun/runtime/store"
)

// access tells whether the file has the read-only attribute. What the access control lists say shows when it is written.
func access(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() && info.Mode().Perm()&0o200 == 0 {
		err = fs.ErrPermission
	}
	return err
}

// sentinel is the store's error for an error of the file system, or nil.
func sentinel(err error) error {
	switch {
	case errors.Is(err, windows.ERROR_WRITE_PROTECT), errors.Is(err, fs.ErrPermission):
		return store.ErrReadOnly
	case errors.Is(err, windows.ERROR_DISK_FULL), errors.Is(err, windows.ERROR_HANDLE_DISK_FULL):
		return store.ErrFull
	}
	return nil
}

// lockless is the name of SQLite's layer over the file system that takes no locks of files.
const lockless = "win32-none"
