package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is how often a lock that another process holds is tried: kernels tell nobody when a file lock is freed.
const lockPoll = 20 * time.Millisecond

// Lock takes the lock of that name: a lock of the kernel's on a file beside the database, which the kernel frees when the process ends. The
// files stay, empty: to remove one is to let two processes hold two files of one name.
func (s *Store) Lock(ctx context.Context, name string) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.readOnly != nil {
		return nil, fail(s.path, "take a lock", s.readOnly)
	}
	dir := s.path + ".locks"
	if err := makeFolder(dir); err != nil {
		return nil, fail(s.path, "take a lock", err)
	}
	sum := sha256.Sum256([]byte(name))
	lock := flock.New(filepath.Join(dir, hex.EncodeToString(sum[:16])), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fail(s.path, "take a lock", fmt.Errorf("%s: %w", lock.Path(), err))
	}
	// It was got, so it can be freed.
	return func() { _ = lock.Unlock() }, nil
}
