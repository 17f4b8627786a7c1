package sqlite

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// lockPoll is how often a lock that another process holds is tried: kernels tell nobody when a file lock is freed.
const lockPoll = 20 * time.Millisecond

// Lock takes the lock of that name: a lock of the kernel's on a file beside the database, which the kernel frees when the process ends.
func (s *Store) Lock(ctx context.Context, name string) (store.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.readOnly != nil {
		return nil, fail(s.path, "take a lock", s.readOnly)
	}
	sum := sha256.Sum256([]byte(name))
	unlock, err := lockName(ctx, s.path, [16]byte(sum[:16]))
	switch {
	case err == nil:
		return store.Kept(unlock), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, fail(s.path, "take a lock", err)
}
