package sqlite

import (
	"fmt"

	"github.com/authrun/authrun/runtime/store"
)

// reserve is how many bytes must be free on the store's disk for an exchange to be begun: many times of what its outcome and its credential
// need. Where a call can be recorded but not what came of it, each run would make the call again and lose its token, until the quota is empty.
const reserve = 1 << 20

// room refuses where the disk has too little left. Where nobody knows how much that is the write itself will tell.
func (s *Store) room() error {
	if n, known := free(s.path); known && n < reserve {
		return fail(s.path, "record an exchange", fmt.Errorf("%w: its disk has %d KiB left, and the last %d are kept for what comes of calls",
			store.ErrFull, n>>10, reserve>>10))
	}
	return nil
}
