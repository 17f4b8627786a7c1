package seal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// maxFile is more than any key file has; a larger one is not read.
const maxFile = 4096

// LoadKey reads a key from a file, whose path is absolute. Its error wraps ErrNoKey, ErrBadKey or one of the file system, and names the
// file. A file that others than its owner may read works, and the key has a warning.
func LoadKey(path string) (Key, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Key{}, fmt.Errorf("key file %s: %w", path, ErrNoKey)
	}
	if err != nil {
		return Key{}, fmt.Errorf("key file %s: %w", path, bare(err))
	}
	k, err := readKey(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return Key{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return k, nil
}

func readKey(f *os.File) (Key, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return Key{}, bare(err)
	case info.IsDir():
		return Key{}, errors.New("it is a folder; name a file in it")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return Key{}, bare(err)
	case len(text) > maxFile:
		return Key{}, fmt.Errorf("%w: it is larger than %d bytes", ErrBadKey, maxFile)
	}
	k, err := ParseKey(string(text))
	if err != nil {
		return Key{}, err
	}
	if mode := info.Mode(); mode.IsRegular() && mode.Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		k.warning = fmt.Sprintf("The key file %s can be read by others (its mode is %04o). Run: chmod 600 %[1]s", f.Name(), mode.Perm())
	}
	return k, nil
}

// LoadOrCreateKey reads a key, or makes one with rand where there is no file: created tells which. The folders above it are made, too, for
// the user alone. Of several processes that make one at the same time one does; the others read its key. When it returns the key is on the
// disk, so that nothing is ever sealed with a key that a power cut takes away.
func LoadOrCreateKey(path string, rand io.Reader) (k Key, created bool, err error) {
	k, err = LoadKey(path)
	if !errors.Is(err, ErrNoKey) {
		return k, false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Key{}, false, fmt.Errorf("key file %s: its folder cannot be made: %w", path, err)
	}
	k, err = NewKey(rand)
	if err != nil {
		return Key{}, false, err
	}
	switch err := place(path, k.Text()); {
	case errors.Is(err, fs.ErrExist):
		k, err = LoadKey(path)
		return k, false, err
	case err != nil:
		return Key{}, false, fmt.Errorf("key file %s: it cannot be made: %w", path, err)
	}
	return k, true, nil
}

// place writes text into a new file that appears under its name when it is whole and on the disk. fs.ErrExist: another has that name.
func place(path, text string) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return bare(err)
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return bare(err)
	}
	if err := os.Link(f.Name(), path); err != nil {
		return bare(err)
	}
	return syncFolder(dir)
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
		return bare(err)
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// bare takes operation and path off an error of the file system, since the path stands in front of it already.
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
