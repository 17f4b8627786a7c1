package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Write writes files into a folder, which is made where it is not there. It writes over nothing: where one of the files is there already, none is
// written, and the error names those. A link in the folder is not followed out of it.
func Write(dir string, files []File) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	var there []string
	for _, f := range files {
		if _, err := root.Lstat(f.Name); err == nil {
			there = append(there, filepath.Join(dir, filepath.FromSlash(f.Name)))
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if len(there) > 0 {
		return fmt.Errorf("nothing was written, since it is there already: %s; choose another folder", strings.Join(there, ", "))
	}
	for i, f := range files {
		if err := write(root, f); err != nil {
			for _, done := range files[:i] {
				_ = root.Remove(done.Name)
			}
			return err
		}
	}
	return nil
}

func write(root *os.Root, f File) error {
	if err := root.MkdirAll(path.Dir(f.Name), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(f.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(f.Content)
	return errors.Join(err, file.Close())
}
