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

// LoadRing reads the keys of a file, whose path is absolute. Its error wraps ErrNoKey, ErrBadKey or one of the file system, and names the
// file. A file that others than its owner may read works, and the ring has a warning.
func LoadRing(path string) (Ring, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Ring{}, fmt.Errorf("key file %s: %w", path, ErrNoKey)
	}
	if err != nil {
		return Ring{}, fmt.Errorf("key file %s: %w", path, bare(err))
	}
	r, err := readRing(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return Ring{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return r, nil
}

func readRing(f *os.File) (Ring, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return Ring{}, bare(err)
	case info.IsDir():
		return Ring{}, errors.New("it is a folder; name a file in it")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return Ring{}, bare(err)
	case len(text) > maxFile:
		return Ring{}, fmt.Errorf("%w: it is larger than %d bytes", ErrBadKey, maxFile)
	}
	r, err := ParseRing(string(text))
	if err != nil {
		return Ring{}, err
	}
	if mode := info.Mode(); mode.IsRegular() && mode.Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		r.warning = fmt.Sprintf("The key file %s can be read by others (its mode is %04o). Run: chmod 600 %[1]s", f.Name(), mode.Perm())
	}
	return r, nil
}

// LoadOrCreateRing reads the keys of a file, or makes one with rand where there is no file: created tells which. The folders above it are made,
// too, for the user alone. Of several processes that make one at the same time one does; the others read its key. When it returns the key is
// on the disk, so that nothing is ever sealed with a key that a power cut takes away.
func LoadOrCreateRing(path string, rand io.Reader) (r Ring, created bool, err error) {
	r, err = LoadRing(path)
	if !errors.Is(err, ErrNoKey) {
		return r, false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Ring{}, false, fmt.Errorf("key file %s: its folder cannot be made: %w", path, err)
	}
	k, err := NewKey(rand)
	if err != nil {
		return Ring{}, false, err
	}
	switch err := place(path, k.Text()); {
	case errors.Is(err, fs.ErrExist):
		r, err = LoadRing(path)
		return r, false, err
	case err != nil:
		return Ring{}, false, fmt.Errorf("key file %s: it cannot be made: %w", path, err)
	}
	return NewRing(k), true, nil
}

// place writes text into a new file that appears under its name when it is whole and on the disk. fs.ErrExist: another has that name.
func place(path, text string) (err error) {
	temporary, err := written(path, text, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(temporary)) }()
	if err := os.Link(temporary, path); err != nil {
		return bare(err)
	}
	return syncFolder(filepath.Dir(path))
}

// written writes text into a temporary file beside path, on the disk when it returns. It is the user's alone; where like is not nil it has the
// owner and the mode of that file.
func written(path, text string, like fs.FileInfo) (temporary string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return "", bare(err)
	}
	_, err = f.WriteString(text)
	mode := fs.FileMode(0o600)
	if like != nil {
		mode = like.Mode().Perm()
		err = errors.Join(err, giveTo(f, like))
	}
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return "", errors.Join(bare(err), os.Remove(f.Name()))
	}
	return f.Name(), nil
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
