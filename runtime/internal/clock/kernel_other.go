//go:build !linux

package clock

import "time"

// Kernel knows nothing of the run of the machine on this system.
func Kernel() func() (id string, up time.Duration) { return nil }
