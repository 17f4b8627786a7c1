package seal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is how often whoever wants to change a key file looks whether another process is done with it.
const lockPoll = 20 * time.Millisecond

// ChangeFile replaces what a key file holds by what change makes of it, and returns that. One process at a time does so, and whoever reads the
// file meanwhile finds the old keys or the new ones. When it returns the change is on the disk. Owner and mode stay; where the path is a link,
// the file that it leads to is replaced. Where change gives the keys that are there nothing is written.
//
// On an error the file is as it was, but for one case: that the folder could not be brought to the disk, after which it may be either.
func ChangeFile(ctx context.Context, path string, change func(Ring) (Ring, error)) (Ring, error) {
	file, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Ring{}, fmt.Errorf("key file %s: %w", path, bare(err))
	}
	lock := flock.New(filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".lock"), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return Ring{}, fmt.Errorf("key file %s: it cannot be locked to be changed: %w", path, err)
	}
	// It was got, so it can be freed. Its file stays: to remove it is to let two processes hold two files of one name.
	defer func() { _ = lock.Unlock() }()
	old, err := LoadRing(file)
	if err != nil {
		return Ring{}, err
	}
	changed, err := change(old)
	if err != nil {
		return Ring{}, err
	}
	if changed.Text() == old.Text() {
		return changed, nil
	}
	if err := replace(file, changed); err != nil {
		return Ring{}, fmt.Errorf("key file %s: it cannot be changed: %w", path, err)
	}
	return changed, nil
}

// replace puts a file in the place of another. At no time is there none, or half of one.
func replace(file string, r Ring) error {
	text := r.Text()
	if len(text) > maxFile {
		return fmt.Errorf("it would be larger than %d bytes; forget keys of before", maxFile)
	}
	info, err := os.Stat(file)
	if err != nil {
		return bare(err)
	}
	temporary, err := written(file, text, info)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, file); err != nil {
		return errors.Join(bare(err), os.Remove(temporary))
	}
	return syncFolder(filepath.Dir(file))
}
