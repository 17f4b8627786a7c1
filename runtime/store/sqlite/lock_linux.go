package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// lockName locks one byte of a file beside the database, whose place is the name's hash: ten thousand names are no more files than one. Each
// lock has a descriptor of its own, to which the kernel ties it: other threads of this process are kept out like other processes.
func lockName(ctx context.Context, database string, name [16]byte) (unlock func(), err error) {
	f, err := os.OpenFile(database+".locks", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	place := int64(binary.BigEndian.Uint64(name[:]) & (math.MaxInt64 >> 1)) //nolint:gosec // The mask keeps it in range.
	err = again(ctx, func() (bool, error) {
		err := unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Start: place, Len: 1})
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EACCES), errors.Is(err, unix.EINTR):
			return false, nil
		}
		return false, fmt.Errorf("%s: %w", f.Name(), err)
	})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	// To close the descriptor frees the lock.
	return func() { _ = f.Close() }, nil
}
