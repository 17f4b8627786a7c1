package runtime

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/authrun/authrun/runtime/store/sqlite"
)

// Backup is a copy of a store.
type Backup struct {
	Store   string // path of the store
	Path    string // of the copy
	Size    int64  // of the copy, in bytes
	Source  string // where the keys come from that open what is sealed in it, in words; empty: not known
	KeyFile string // path of the file that holds them; empty: they come from elsewhere
}

// Backup is [Flow.Backup] of the store that the options name, or of the usual one.
func (r *Runtime) Backup(ctx context.Context, path string) (Backup, error) {
	return r.backup(ctx, settings{}, path)
}

// Backup writes a copy of the flow's store to path, for the user alone, as the store was at one moment, while others may write to it. It replaces
// no file: where there is one its error wraps fs.ErrExist. The keys that open what is sealed are neither in the copy nor needed to make it; put
// back without them it is of no use. Vendor calls that are made after it are not in it, so that limits do not count them when it is put back.
func (f *Flow) Backup(ctx context.Context, path string) (Backup, error) {
	settings, diags := f.settings()
	if diags.HasErrors() {
		return Backup{}, f.diagnose(diags)
	}
	return f.rt.backup(ctx, settings, path)
}

func (r *Runtime) backup(ctx context.Context, settings settings, path string) (Backup, error) {
	var b Backup
	var err error
	if b.Store, err = r.storePath(settings.Store); err != nil {
		return b, err
	}
	if b.Path, err = filepath.Abs(path); err != nil {
		return b, err
	}
	switch exists, err := stored(b.Store); {
	case err != nil:
		return b, fmt.Errorf("the store %s cannot be opened: %w", b.Store, err)
	case !exists:
		return b, fmt.Errorf("there is no store at %s", b.Store)
	}
	if err := sqlite.Backup(ctx, b.Store, b.Path); err != nil {
		return b, err
	}
	// A copy is good whether or not the key can be named.
	if source, err := r.keySource(settings.KeyFile); err == nil {
		b.Source, b.KeyFile = source.name, source.file
	}
	info, err := os.Stat(b.Path)
	if err != nil {
		return b, err
	}
	b.Size = info.Size()
	return b, nil
}
