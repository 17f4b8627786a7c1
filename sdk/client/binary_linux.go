package client

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// lowestFD is the lowest number for the descriptor that is executed. Lower ones may be overwritten between fork and exec.
const lowestFD = 100

// executable is a path that leads to the very file that is open, and a function that ends its use after the start. The descriptor is
// closed on exec: the plugin inherits nothing.
func (b Binary) executable() (path string, release func(), err error) {
	fd, err := unix.FcntlInt(b.File.Fd(), unix.F_DUPFD_CLOEXEC, lowestFD)
	if err != nil {
		return "", nil, fmt.Errorf("hold the executable open: %w", err)
	}
	return "/proc/self/fd/" + strconv.Itoa(fd), func() { _ = unix.Close(fd) }, nil
}

// samePath accepts everything: the path is not used.
func (b Binary) samePath(os.FileInfo) error { return nil }

// changeTime is when the file's content or stat last changed, which nobody can set back.
func changeTime(i os.FileInfo) time.Time {
	if s, ok := i.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctim.Unix())
	}
	return time.Time{}
}
