package clock

import (
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Kernel asks the kernel for the run of the machine: its boot id and CLOCK_BOOTTIME. A container may have a clock of its own for that, so that
// its name is part of the id.
func Kernel() func() (id string, up time.Duration) {
	name := sync.OnceValue(func() string {
		boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
		if err != nil {
			return ""
		}
		space, err := os.Readlink("/proc/self/ns/time")
		if err != nil {
			space = "" // a kernel that has one clock for all
		}
		return strings.TrimSpace(strings.TrimSpace(string(boot)) + " " + space)
	})
	return func() (string, time.Duration) {
		var up unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
			return "", 0
		}
		return name(), time.Duration(up.Nano())
	}
}
