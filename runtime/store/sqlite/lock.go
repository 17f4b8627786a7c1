package sqlite

import (
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

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

// The pauses between two looks at a lock that another process holds, on average: kernels tell nobody when a file lock is freed.
const (
	shortestLook = time.Millisecond
	longestLook  = 20 * time.Millisecond
)

// again tries to get a lock until it is got, something else is wrong, or ctx ends. Who began to wait at the same moment does not go on looking at
// the same moments, or of fifty only one would get it at each look. Nothing but that hangs on chance here.
func again(ctx context.Context, try func() (got bool, err error)) error {
	for pause := shortestLook; ; pause = min(pause*3/2, longestLook) {
		got, err := try()
		if got || err != nil {
			return err
		}
		select {
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // See above.
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
