package runtime

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/authrun/authrun/runtime/internal/eval/functions"
	"github.com/authrun/authrun/sdk"
)

// builtins are the vendors that a program brings, by name.
func builtins(vendors []Vendor) (map[string]sdk.Plugin, error) {
	if len(vendors) == 0 {
		return nil, nil
	}
	all := make(map[string]sdk.Plugin, len(vendors))
	for _, v := range vendors {
		p, err := v.Plugin()
		if err != nil {
			return nil, fmt.Errorf("a vendor of the program is wrong: %w", err)
		}
		description, err := p.Describe(context.Background()) // inside this program it waits for nobody
		if err != nil {
			return nil, fmt.Errorf("a vendor of the program is wrong: %w", err)
		}
		name := description.Vendor
		if all[name] != nil {
			return nil, fmt.Errorf("two vendors of the program are called %q", name)
		}
		all[name] = p
	}
	return all, nil
}

// ownFunctions are the functions that a program brings.
func ownFunctions(given map[string]Function) (map[string]functions.Own, error) {
	if len(given) == 0 {
		return nil, nil
	}
	own := make(map[string]functions.Own, len(given))
	for name, f := range given {
		own[name] = functions.Own{Doc: f.Doc, Call: f.Call}
	}
	if err := functions.Check(own); err != nil {
		return nil, fmt.Errorf("a function of the program cannot be used: %w", err)
	}
	return own, nil
}

// single is a file system that holds one file.
type single struct {
	name string
	text []byte
}

// Open opens the file, and nothing else.
func (s single) Open(name string) (fs.File, error) {
	if name != s.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &singleFile{Reader: bytes.NewReader(s.text), of: s}, nil
}

// singleFile is that file, open.
type singleFile struct {
	*bytes.Reader
	of single
}

// Stat describes the file.
// Stat tells what the file is.
func (f *singleFile) Stat() (fs.FileInfo, error) { return singleInfo{f.of}, nil }

// Close does nothing.
func (f *singleFile) Close() error { return nil }

type singleInfo struct{ of single }

// Name is the file's name.
func (i singleInfo) Name() string { return i.of.name }

// Size is its length in bytes.
func (i singleInfo) Size() int64 { return int64(len(i.of.text)) }

// Mode says that it can be read.
func (i singleInfo) Mode() fs.FileMode { return 0o400 }

// ModTime is not known.
func (i singleInfo) ModTime() time.Time { return time.Time{} }

// IsDir is false.
func (i singleInfo) IsDir() bool { return false }

// Sys is nothing.
func (i singleInfo) Sys() any { return nil }
