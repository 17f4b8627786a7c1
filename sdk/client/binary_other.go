//go:build !linux

package client

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// executable is the path of the file. This system cannot start an open file, so that samePath looks before and after the start whether
// the path still leads to it.
func (b Binary) executable() (path string, release func(), err error) {
	return b.Path, func() {}, nil
}

// samePath refuses a path that leads to another file than the open one.
func (b Binary) samePath(open os.FileInfo) error {
	named, err := os.Stat(b.Path)
	if err != nil {
		return fmt.Errorf("look at the executable again: %w", err)
	}
	if !os.SameFile(open, named) {
		return errors.New("the executable was replaced while it was being started")
	}
	return nil
}

// changeTime is not known on every system and so on none of these.
func changeTime(os.FileInfo) time.Time { return time.Time{} }
