package sqlite

import (
	"errors"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// patiently does what needs a lock, again and again while another process has it, until wait is over or nobody wants it any more. SQLite
// would wait, too, but it sleeps for up to a tenth of a second between two looks, in which a process that writes much takes the lock a
// hundred times. The connection's own busy_timeout must be 0.
func patiently(wait time.Duration, wanted func() bool, do func() error) error {
	start := time.Now()
	for pause := shortestPause; ; pause = min(2*pause, longestPause) {
		err := do()
		if err == nil || !errors.Is(classify(err), store.ErrBusy) || time.Since(start) > wait || !wanted() {
			return err
		}
		time.Sleep(pause)
	}
}

// The pauses between two looks at a lock; a transaction takes a fraction of a millisecond.
const (
	shortestPause = 100 * time.Microsecond
	longestPause  = 2 * time.Millisecond
)
