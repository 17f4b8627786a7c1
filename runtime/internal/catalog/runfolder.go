package catalog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

const (
	// runPrefix is what the name of each run's folder begins with.
	runPrefix = "run-"
	// lockName is the file in it that a living run holds locked.
	lockName = "lock"
	// maxRunPath is how long its path may be: a socket's may have 103 bytes on some systems, and its folder and name come behind.
	maxRunPath = 103 - len("/p1234567890/plugin1234567890")
)

// runFolder is the private folder of this run. It is made when the first process needs it.
type runFolder struct {
	roots []string

	mu   sync.Mutex
	dir  string // empty: not made
	lock *os.File
}

// path makes the folder if there is none yet. On the way it removes what killed runs left beside it.
func (r *runFolder) path() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dir != "" {
		return r.dir, nil
	}
	if len(r.roots) == 0 {
		return "", errors.New("no place for it is known")
	}
	var problems []error
	for _, root := range r.roots {
		err := private(root)
		if err == nil {
			sweep(root)
			if r.dir, r.lock, err = makeRun(root); err == nil {
				return r.dir, nil
			}
		}
		problems = append(problems, err)
	}
	return "", errors.Join(problems...)
}

// remove removes the folder, if it was made.
func (r *runFolder) remove() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dir == "" {
		return nil
	}
	// Windows removes no file that is open. Who takes the lock in between removes the same folder.
	_ = r.lock.Close()
	err := os.RemoveAll(r.dir)
	r.dir, r.lock = "", nil
	return err
}

// private makes root where it does not exist, and refuses one that others can reach: they could put a socket of theirs there.
func private(root string) error {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(root)
	if err != nil {
		return err
	}
	if !info.IsDir() || !onlyOurs(info) || runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is not a folder that only this user can reach (mode 0700)", root)
	}
	return nil
}

// makeRun makes a folder and locks it. Another process that sweeps may take a folder whose lock is not held yet: then the next one is made.
func makeRun(root string) (dir string, lock *os.File, err error) {
	for range 16 {
		dir, err = os.MkdirTemp(root, runPrefix) // 0700
		if err != nil {
			return "", nil, err
		}
		if len(dir) > maxRunPath && runtime.GOOS != "windows" {
			return "", nil, errors.Join(fmt.Errorf("%s is too long for the path of a socket", root), os.Remove(dir))
		}
		if lock, err = lockRun(dir); err == nil {
			return dir, lock, nil
		}
	}
	return "", nil, fmt.Errorf("lock %s: %w", dir, err)
}

// errTaken says that another process holds a folder's lock, or removed the folder.
var errTaken = errors.New("another process has it")

// lockRun locks a run's folder and makes sure that it is still there.
func lockRun(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = lockFile(f)
	if err == nil {
		var mine, there os.FileInfo
		if mine, err = f.Stat(); err == nil {
			there, err = os.Stat(path)
		}
		if err == nil && !os.SameFile(mine, there) {
			err = errTaken
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// sweep removes the folders of runs that were killed: nobody holds their locks any more. What cannot be removed is left.
func sweep(root string) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), runPrefix) {
			continue
		}
		dir := filepath.Join(root, e.Name())
		lock, err := lockRun(dir)
		if err != nil {
			continue
		}
		if runtime.GOOS == "windows" {
			_ = lock.Close()
		}
		_ = os.RemoveAll(dir)
		_ = lock.Close()
	}
}
