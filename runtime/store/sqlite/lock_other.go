//go:build !linux

package sqlite

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// lockName locks a file of the name's own in a folder beside the database. The files stay, empty: to remove one is to let two processes hold
// two files of one name.
func lockName(ctx context.Context, database string, name [16]byte) (unlock func(), err error) {
	dir := database + ".locks"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, hex.EncodeToString(name[:])), flock.SetPermissions(0o600))
	if err := again(ctx, lock.TryLock); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", lock.Path(), err), lock.Close())
	}
	// It was got, so it can be freed.
	return func() { _ = lock.Unlock() }, nil
}
