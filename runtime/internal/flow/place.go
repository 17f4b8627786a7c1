package flow

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Place is where the files of a flow lie: the system's file system, or one that a program brings. The zero Place is the system's.
type Place struct {
	FS fs.FS // nil: the system's
}

// Open opens a file. In a file system of a program a path is as in package io/fs: with slashes, without a slash at its beginning.
func (p Place) Open(name string) (fs.File, error) {
	if p.FS == nil {
		return os.Open(name)
	}
	return p.FS.Open(name)
}

// Stat describes a file or folder.
func (p Place) Stat(name string) (fs.FileInfo, error) {
	if p.FS == nil {
		return os.Stat(name)
	}
	return fs.Stat(p.FS, name)
}

// ReadDir lists a folder in the order of the names.
func (p Place) ReadDir(name string) ([]fs.DirEntry, error) {
	if p.FS == nil {
		return os.ReadDir(name)
	}
	return fs.ReadDir(p.FS, name)
}

// Join joins the parts of a path.
func (p Place) Join(parts ...string) string {
	if p.FS == nil {
		return filepath.Join(parts...)
	}
	return path.Join(parts...)
}

// folder is the folder that a file lies in.
func (p Place) folder(name string) string {
	if p.FS == nil {
		return filepath.Dir(name)
	}
	return path.Dir(name)
}

// Sub is the file system below a folder.
func (p Place) Sub(name string) (fs.FS, error) {
	if p.FS == nil {
		return os.DirFS(name), nil
	}
	return fs.Sub(p.FS, name)
}

// OpenRegular opens a file that is a regular one: to open another, such as a pipe, may wait for ever.
func (p Place) OpenRegular(name string) (fs.File, error) {
	info, err := p.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	return p.Open(name)
}
