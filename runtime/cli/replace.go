package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// replace gives a file another content at once: whoever reads it meanwhile sees the old or the new one, never a part, and a crash leaves one of
// them. Its permissions stay. Where path is a symbolic link it stays one. A file that may not be written is not replaced, although its folder
// would allow that.
func replace(path string, content []byte) (err error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := writable(target)
	if err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.new")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(fresh.Name()))
		}
	}()
	_, err = fresh.Write(content)
	err = errors.Join(err, fresh.Chmod(info.Mode().Perm()), fresh.Sync(), fresh.Close())
	if err != nil {
		return err
	}
	return os.Rename(fresh.Name(), target)
}

// writable looks at a file that is there, and fails where it may not be written.
func writable(path string) (os.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	return info, errors.Join(err, file.Close())
}
