package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/authrun/authrun/runtime/store"
)

// fail is err as the store's callers get it: with the file, with what was being done where that is not plain, and with one of the store's
// errors in its tree where one fits.
func fail(path, doing string, err error) error {
	if errors.Is(err, store.ErrNotFound) || refused(err) {
		return err
	}
	if doing != "" {
		doing += ": "
	}
	return fmt.Errorf("store %s: %s%w", path, doing, classify(err))
}

// refused tells whether err is that of a write which was refused before it wrote anything.
func refused(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrStale) || errors.Is(err, errForbidden)
}

// classify puts one of the store's errors before an error of SQLite.
func classify(err error) error {
	var e *driver.Error
	if !errors.As(err, &e) {
		return err
	}
	if errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrFull) {
		return err
	}
	if e.Code()&0xff == lib.SQLITE_CANTOPEN {
		return fmt.Errorf("it cannot be opened; see who owns it and its folder, and their modes: %w", err)
	}
	class := classes(e.Code())
	if class == nil {
		return err
	}
	return fmt.Errorf("%w: %w", class, err)
}

// classes maps SQLite's extended result codes.
func classes(code int) error {
	switch code {
	case lib.SQLITE_IOERR_WRITE, lib.SQLITE_IOERR_SHMSIZE: // A quota, a limit on the file's size, no room for the shared memory.
		return store.ErrFull
	}
	switch code & 0xff {
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return store.ErrReadOnly
	case lib.SQLITE_FULL:
		return store.ErrFull
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return store.ErrCorrupt
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return store.ErrBusy
	}
	return nil
}

// reason is an error of the file system without its path, which stands in front of it already, and with the store's error that fits.
func reason(err error) error {
	if s := sentinel(err); s != nil {
		return fmt.Errorf("%w: %w", s, bare(err))
	}
	return bare(err)
}

// bare takes operation and path off an error of the file system.
func bare(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
