package functions

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// maxFile is the size in bytes above which no function reads a file.
const maxFile = 16 << 20

// env reads the environment. Its result is sensitive in both forms: who puts a default there may still put a secret into the variable.
func (w World) env() function.Function {
	return function.New(&function.Spec{
		Description: "A variable of the environment, sensitive. Where it is not set: the default, or an error without one.",
		Params:      []function.Parameter{{Name: "name", Type: cty.String}},
		VarParam:    &function.Parameter{Name: "default", Type: cty.String},
		Type: func(args []cty.Value) (cty.Type, error) {
			if len(args) > 2 {
				return cty.NilType, function.NewArgErrorf(2, "env takes a name and at most one default")
			}
			return cty.String, nil
		},
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := args[0].AsString()
			value, set := w.Env(name)
			switch {
			case set && !utf8.ValidString(value):
				return cty.NilVal, function.NewArgErrorf(0, "the environment variable %s holds bytes that are no UTF-8 text", name)
			case set:
				return text2value(value).Mark(mark.Sensitive), nil
			case len(args) == 2:
				return args[1].Mark(mark.Sensitive), nil
			case w.NoInputs:
				return cty.UnknownVal(cty.String).RefineNotNull().Mark(mark.Sensitive), nil
			default:
				return cty.NilVal, function.NewArgErrorf(0,
					"the environment variable %s is not set; set it, or give a default: env(%q, \"...\")", name, name)
			}
		},
	})
}

// read makes a function of a path to what f makes of the file's content.
func (w World) read(doc string, f func(path string, raw []byte, mode fs.FileMode) (cty.Value, error)) function.Function {
	return function.New(&function.Spec{
		Description:  doc,
		Params:       []function.Parameter{{Name: "path", Type: cty.String}},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			path := w.path(args[0].AsString())
			raw, mode, err := w.readFile(path)
			if err == nil {
				var v cty.Value
				if v, err = f(path, raw, mode); err == nil {
					return v, nil
				}
			}
			return cty.NilVal, function.NewArgError(0, err)
		},
	})
}

func (w World) path(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return w.Place.Join(w.Dir, path)
}

// at is where a path that the function path made leads: absolute ones into the system's file system, whatever the flow lies in.
func (w World) at(path string) flow.Place {
	if filepath.IsAbs(path) {
		return flow.Place{}
	}
	return w.Place
}

func (w World) readFile(path string) (raw []byte, mode fs.FileMode, err error) {
	file, err := w.at(path).Open(path)
	if err != nil {
		return nil, 0, readError(path, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, readError(path, err)
	}
	raw, err = io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case err != nil:
		return nil, 0, readError(path, err)
	case len(raw) > maxFile:
		return nil, 0, fmt.Errorf("the file %q is larger than %d MiB", path, maxFile>>20)
	}
	return raw, info.Mode(), nil
}

// readError says why a file cannot be read, without the words of the system call.
func readError(path string, err error) error {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %q", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the file %q may not be read by this user", path)
	case errors.As(err, &pathErr):
		return fmt.Errorf("the file %q could not be read: %w", path, pathErr.Err)
	default:
		return fmt.Errorf("the file %q could not be read: %w", path, err)
	}
}

func textOf(path string, raw []byte) (cty.Value, error) {
	if !utf8.Valid(raw) {
		return cty.NilVal, fmt.Errorf("the file %q is no UTF-8 text; filebase64 reads other files", path)
	}
	return text2value(string(raw)), nil
}

func (w World) file() function.Function {
	return w.read("The text of a file. A relative path starts at the flow's folder.",
		func(path string, raw []byte, _ fs.FileMode) (cty.Value, error) { return textOf(path, raw) })
}

func (w World) fileBase64() function.Function {
	return w.read("The bytes of a file in Base64.", func(_ string, raw []byte, _ fs.FileMode) (cty.Value, error) {
		return cty.StringVal(base64.StdEncoding.EncodeToString(raw)), nil
	})
}

// secretFile reads a secret. One newline at the end, which editors and `echo` add, is not part of it.
func (w World) secretFile() function.Function {
	return w.read("The text of a file, sensitive, without one newline at its end.",
		func(path string, raw []byte, mode fs.FileMode) (cty.Value, error) {
			text := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
			v, err := textOf(path, []byte(text))
			if err != nil {
				return cty.NilVal, err
			}
			if mode.Perm()&0o077 != 0 && runtime.GOOS != "windows" && w.at(path).FS == nil {
				v = v.Mark(mark.Exposed{Path: path})
			}
			return v.Mark(mark.Sensitive), nil
		})
}

func (w World) fileExists() function.Function {
	return function.New(&function.Spec{
		Description:  "Whether there is a file. A folder is an error.",
		Params:       []function.Parameter{{Name: "path", Type: cty.String}},
		Type:         function.StaticReturnType(cty.Bool),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			path := w.path(args[0].AsString())
			info, err := w.at(path).Stat(path)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return cty.False, nil
			case err != nil:
				return cty.NilVal, function.NewArgError(0, readError(path, err))
			case !info.Mode().IsRegular():
				return cty.NilVal, function.NewArgErrorf(0, "%q is no regular file", path)
			}
			return cty.True, nil
		},
	})
}

func (w World) timestamp() function.Function {
	return function.New(&function.Spec{
		Description:  "The time at which this run began, RFC 3339 in UTC.",
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
			return cty.StringVal(w.Now.UTC().Format(time.RFC3339)).Mark(mark.Fleeting{Function: "timestamp"}), nil
		},
	})
}

func (w World) uuid() function.Function {
	return function.New(&function.Spec{
		Description:  "A random UUID, another one at each call.",
		Type:         function.StaticReturnType(cty.String),
		RefineResult: notNull,
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
			var b [16]byte
			if _, err := io.ReadFull(w.Random, b[:]); err != nil {
				return cty.NilVal, fmt.Errorf("no randomness: %w", err)
			}
			b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
			text := fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
			return cty.StringVal(text).Mark(mark.Fleeting{Function: "uuid"}), nil
		},
	})
}
