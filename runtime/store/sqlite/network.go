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

// refuse asks foreign what the file, or the nearest folder above it that is there, lies on.
func refuse(path string, foreign func(path string) string) error {
	for {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(path) == path {
			break
		}
		path = filepath.Dir(path)
	}
	if name := foreign(path); name != "" {
		return fmt.Errorf("it lies on %s, where SQLite is not safe; name a store on a local disk (--store, AUTHRUN_STORE)", name)
	}
	return nil
}
