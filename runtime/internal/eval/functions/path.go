package functions

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// maxFiles is how many files a fileset may name.
const maxFiles = 10_000

var (
	basenameFunc = textFunc("The last part of a path.", func(s string) (string, error) { return path.Base(filepath.ToSlash(s)), nil })
	dirnameFunc  = textFunc("A path without its last part.", func(s string) (string, error) { return path.Dir(filepath.ToSlash(s)), nil })
)

// absPath makes a path absolute.
func (w World) absPath() function.Function {
	return textFunc("A path made absolute; a relative one starts at the flow's folder.", func(s string) (string, error) {
		if s = w.path(s); w.at(s).FS != nil {
			return "", errors.New("this flow lies in no folder of the file system, where a relative path could start")
		}
		return filepath.ToSlash(s), nil
	})
}

// pathExpand puts the home folder in place of a tilde.
func (w World) pathExpand() function.Function {
	return textFunc("A path with the home folder in place of a ~ at its beginning.", func(s string) (string, error) {
		if s != "~" && !strings.HasPrefix(s, "~/") {
			return s, nil
		}
		home, set := w.Env("HOME")
		if !set || home == "" {
			return "", errors.New("the environment variable HOME is not set, so there is no home folder")
		}
		return home + s[1:], nil
	})
}

// fileSet names the files under a folder that fit a pattern.
func (w World) fileSet() function.Function {
	return function.New(&function.Spec{
		Description: "The files under a folder whose paths fit a pattern of *, **, ?, [abc] and {a,b}, relative to the folder.",
		Params:      []function.Parameter{{Name: "folder", Type: cty.String}, {Name: "pattern", Type: cty.String}},
		Type:        function.StaticReturnType(cty.Set(cty.String)), RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			folder, pattern := w.path(args[0].AsString()), args[1].AsString()
			if info, err := w.at(folder).Stat(folder); err != nil {
				return cty.NilVal, function.NewArgError(0, readError(folder, err))
			} else if !info.IsDir() {
				return cty.NilVal, function.NewArgErrorf(0, "%q is no folder", folder)
			}
			files, err := w.at(folder).Sub(folder)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, readError(folder, err))
			}
			var found []cty.Value
			err = doublestar.GlobWalk(files, pattern, func(file string, _ fs.DirEntry) error {
				if len(found) == maxFiles {
					return fmt.Errorf("more than %d files fit the pattern", maxFiles)
				}
				found = append(found, cty.StringVal(file))
				return nil
			}, doublestar.WithFilesOnly())
			switch {
			case errors.Is(err, doublestar.ErrBadPattern):
				return cty.NilVal, function.NewArgErrorf(1, "not a pattern of file names")
			case err != nil:
				return cty.NilVal, err
			case len(found) == 0:
				return cty.SetValEmpty(cty.String), nil
			}
			return cty.SetVal(found), nil
		},
	})
}
