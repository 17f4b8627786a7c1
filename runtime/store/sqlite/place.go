package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/authrun/authrun/runtime/store"
)

// prepare sees to it that there is a file at path for SQLite to open, and tells whether it made one.
func prepare(ctx context.Context, path string, o Options) (created bool, err error) {
	if err := local(path); err != nil {
		return false, err
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return false, errors.New("the path is a folder; name a file in it")
	case err == nil && !info.Mode().IsRegular():
		return false, errors.New("the path is not a regular file")
	case err == nil:
		return false, plausible(info.Size(), o.MustExist)
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("it cannot be reached: %w", reason(err))
	case o.MustExist:
		return false, fmt.Errorf("there is none, and it must exist: %w", fs.ErrNotExist)
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return false, err
	}
	return makeStore(ctx, path, o)
}

// smallest is the size of SQLite's smallest page, and so of a database. It would take a shorter file for an empty one, and write over it.
const smallest = 512

// plausible refuses a file whose size alone tells that it is no store.
func plausible(size int64, mustExist bool) error {
	switch {
	case size == 0 && mustExist:
		return fmt.Errorf("the file is empty, and the store must exist: %w", fs.ErrNotExist)
	case size > 0 && size < smallest:
		return fmt.Errorf("%w: file is not a database", store.ErrCorrupt)
	}
	return nil
}

// makeFolder makes the folder and those above it that are missing, each for the user alone. The rights of those that are there are the
// user's business.
func makeFolder(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return fmt.Errorf("%s is a file, not a folder", dir)
	case !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir:
		return reason(err)
	}
	if err := makeFolder(filepath.Dir(dir)); err != nil {
		return err
	}
	switch err := os.Mkdir(dir, 0o700); {
	case errors.Is(err, fs.ErrExist): // Another process was faster.
		return nil
	case err != nil:
		return fmt.Errorf("its folder %s cannot be made: %w", dir, reason(err))
	}
	if err := os.Chmod(dir, 0o700); err != nil { // Whatever the umask took away.
		return reason(err)
	}
	return syncFolder(filepath.Dir(dir))
}

// makeStore makes an empty store for the user alone, unless there is one by now. It appears under its name when it is whole and on the
// disk: whoever sees it may use it. SQLite would make the file itself, but with rights that depend on the umask.
func makeStore(ctx context.Context, path string, o Options) (created bool, err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return false, fmt.Errorf("its folder %s cannot be written: %w", dir, reason(err))
	}
	draft := f.Name()
	defer func() { err = errors.Join(err, discard(draft)) }()
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return false, reason(err)
	}
	if _, err := migrate(ctx, draft, o); err != nil {
		return false, err
	}
	if info, err := os.Stat(draft + "-wal"); err == nil && info.Size() > 0 {
		return false, errors.New("its disk may be full: SQLite could not write all of it into its file")
	}
	switch err := os.Link(draft, path); {
	case errors.Is(err, fs.ErrExist): // Another was faster.
		return false, nil
	case err != nil:
		return false, fmt.Errorf("the file cannot be linked into place: %w", reason(err))
	}
	return true, syncFolder(dir)
}

// discard removes a draft and what SQLite made beside it.
func discard(draft string) (err error) {
	for _, name := range []string{draft, draft + "-wal", draft + "-shm"} {
		if e := os.Remove(name); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, reason(e))
		}
	}
	return err
}

// syncFolder brings a folder's new names to the disk, where there is a way to: Windows has none and needs none, nor do some file systems,
// and a folder may be one to write to but not to read.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return reason(err)
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	if err := errors.Join(err, d.Close()); err != nil {
		return reason(err)
	}
	return nil
}

// unwritable says why nothing can be written to the database at path, or nil. In WAL mode SQLite writes to the folder, too.
func unwritable(path string) error {
	if err := access(path); err != nil {
		return fmt.Errorf("%w: the file cannot be written by this user: %w", store.ErrReadOnly, bare(err))
	}
	if dir := filepath.Dir(path); access(dir) != nil {
		return fmt.Errorf("%w: its folder %s cannot be written by this user: %w", store.ErrReadOnly, dir, bare(access(dir)))
	}
	return nil
}
