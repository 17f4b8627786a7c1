//go:build unix

package catalog

import "syscall"

// makePipe makes a named pipe, which holds whoever opens it without care.
func makePipe(path string) error { return syscall.Mkfifo(path, 0o700) }
