package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// traceTo makes a trace in a new file. end closes it, and tells what became of it.
func (p *program) traceTo(v view.View, path string) (t *runtime.Trace, end func() error, err error) {
	file, err := createTrace(path)
	if err != nil {
		return nil, nil, err
	}
	t = runtime.NewTrace(file)
	return t, func() error {
		used, err := file.Close()
		if err = errors.Join(t.Err(), err); err != nil {
			v.Diagnostics(diagnose("Trace is not whole", err))
			return errTold
		}
		if !used {
			v.Event(runtime.Notice{Text: "No vendor was called, so there is no trace."})
		}
		return nil
	}, nil
}

// traceFile is the file that --trace names. It is made by its writer and by nobody else, holds whole lines only, and is gone again where nothing
// was written.
type traceFile struct {
	path string
	file *os.File
	size int64
}

// createTrace makes the file, which must not be there: neither what another run wrote is lost, nor is anything written through a link.
func createTrace(path string) (*traceFile, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		if info, lookErr := os.Lstat(path); lookErr == nil && info.Mode()&fs.ModeSymlink != 0 {
			return nil, fmt.Errorf("the file %s is a symbolic link, through which no trace is written; name a file that is not there yet", path)
		}
		return nil, fmt.Errorf("the file %s is there already, and a trace is a new file; name another one, or remove it", path)
	}
	if err != nil {
		return nil, fmt.Errorf("the file for the trace cannot be made: %w", err)
	}
	return &traceFile{path: path, file: file}, nil
}

// Write adds whole lines. What of them a full disk took is taken away again.
func (t *traceFile) Write(lines []byte) (int, error) {
	n, err := t.file.Write(lines)
	if err != nil {
		return 0, errors.Join(err, t.file.Truncate(t.size))
	}
	t.size += int64(n)
	return n, nil
}

// Close closes the file, and removes it where it is empty; used is false then.
func (t *traceFile) Close() (used bool, err error) {
	err = t.file.Close()
	if t.size == 0 {
		err = errors.Join(err, os.Remove(t.path))
	}
	return t.size > 0, err
}
