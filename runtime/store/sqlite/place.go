package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/authrun/authrun/runtime/store"
)

// prepare sees to it that there is a file at path for SQLite to open, of our rights from its first moment on. SQLite would make the file
// itself, but with rights that depend on the umask.
func prepare(path string, mustExist bool) error {
	if err := local(path); err != nil {
		return err
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return errors.New("the path is a folder; name a file in it")
	case err == nil && !info.Mode().IsRegular():
		return errors.New("the path is not a regular file")
	case err == nil:
		return plausible(info.Size(), mustExist)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("it cannot be reached: %w", reason(err))
	case mustExist:
		return fmt.Errorf("there is none, and it must exist: %w", fs.ErrNotExist)
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	return makeFile(path)
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
	return os.Chmod(dir, 0o700) // Whatever the umask took away.
}

// makeFile makes an empty file for the user alone, unless there is one by now. It is linked into place closed: opening and closing the
// database's own name would drop the locks that SQLite holds on it in this process.
func makeFile(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("its folder %s cannot be written: %w", filepath.Dir(path), reason(err))
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return reason(err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("the file cannot be made: %w", reason(err))
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
