package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// local refuses a path on a file system that several hosts share or that a program serves: SQLite's WAL needs memory shared by all who
// use the database, and file locks that hold.
func local(path string) error { return refuse(path, foreign) }

// refuse asks foreign what the folder of path, or the nearest one above it that is there, lies on.
func refuse(path string, foreign func(dir string) string) error {
	dir := filepath.Dir(path)
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	if name := foreign(dir); name != "" {
		return fmt.Errorf("it lies on %s, where SQLite is not safe; name a store on a local disk (--store, AUTHRUN_STORE)", name)
	}
	return nil
}
