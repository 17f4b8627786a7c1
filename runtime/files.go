package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/eval"
)

// writeFiles writes the outputs that name a file and are known, where the file has another content or other permissions: those that which
// tells to, by what they need. With [apply.isNew] these are not those whose credentials were all there before: whoever made them has written
// the file, and whoever only reads them need not be allowed to. The outputs that failed are named, and the diagnostics say why; the
// credentials are stored whatever comes of their files.
func (a *apply) writeFiles(which func(name string, needs []int) bool) (failed []string, diags hcl.Diagnostics) {
	for _, decl := range a.flow.model.Outputs {
		if decl.File == nil {
			continue
		}
		if !which(decl.Name, a.flow.scope.OutputRequires(decl.Name)) {
			continue
		}
		o, more := a.flow.scope.Output(decl.Name) // what is wrong with it is told where outputs are shown
		a.flow.rt.secrets.Add(o.Secrets...)
		if more.HasErrors() || !o.Known || o.File == "" {
			continue
		}
		changed, err := replaceFile(o.File, fileContent(o.Value), o.FileMode)
		if err != nil {
			failed = append(failed, o.Name)
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Output file not written",
				Detail: fmt.Sprintf("The output %q could not be written to %s: %s.\n\nThe credentials are stored, and nothing is called again for them.",
					o.Name, o.File, a.flow.rt.secrets.String(err.Error())),
				Subject: decl.File.Range().Ptr(), Extra: eval.About{Output: o.Name}})
			continue
		}
		if changed {
			a.flow.rt.log.Info("wrote an output's file", "output", o.Name, "file", o.File)
		}
	}
	return failed, diags
}

// fileContent is what a file holds of a value: a string, number or bool is written bare, without a line end, and all else as JSON.
func fileContent(value json.RawMessage) []byte {
	var text string
	if json.Unmarshal(value, &text) == nil && len(value) > 0 && value[0] == '"' {
		return []byte(text)
	}
	return value
}

// replaceFile gives a file this content and these permissions at once: who reads it meanwhile sees the old or the new content, never a part. It
// never writes through a link, and leaves a file alone that is as it should be; changed tells whether it was not.
func replaceFile(path string, content []byte, mode fs.FileMode) (changed bool, err error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false, plainPath(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return false, errors.New("it is a symbolic link, through which nothing is written; name the file itself")
	case !info.Mode().IsRegular():
		return false, errors.New("it is no regular file")
	case isAsItShould(path, info, content, mode):
		return false, nil
	}
	dir := filepath.Dir(path)
	fresh, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.new")
	if err != nil {
		return false, plainPath(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(plainPath(err), os.Remove(fresh.Name()))
		}
	}()
	_, err = fresh.Write(content)
	if err = errors.Join(err, fresh.Chmod(mode), fresh.Sync(), fresh.Close()); err != nil {
		return false, err
	}
	if err = os.Rename(fresh.Name(), path); err != nil {
		return false, err
	}
	syncFolder(dir)
	return true, nil
}

// isAsItShould tells whether a regular file has this content and these permissions. Windows has no such permissions.
func isAsItShould(path string, info fs.FileInfo, content []byte, mode fs.FileMode) bool {
	if info.Size() != int64(len(content)) || goruntime.GOOS != "windows" && info.Mode().Perm() != mode.Perm() {
		return false
	}
	now, err := os.ReadFile(path)
	return err == nil && bytes.Equal(now, content)
}

// syncFolder makes a new name in a folder survive a power cut, where the system can do that. Where it cannot, the file is there all the same.
func syncFolder(dir string) {
	folder, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = folder.Sync()
	_ = folder.Close()
}

// plainPath is an error without the path in front, which the reader knows.
func plainPath(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
