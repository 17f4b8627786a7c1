package client

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is how much processor time the process of that number has used. The number must still be the process's.
func processorTime(pid int) (time.Duration, bool) {
	const scheduled = 2 // CPUCLOCK_SCHED: what the scheduler counted, of all threads
	var spec unix.Timespec
	if unix.ClockGettime(int32(^pid<<3|scheduled), &spec) != nil {
		return 0, false
	}
	return time.Duration(spec.Nano()), true
}
