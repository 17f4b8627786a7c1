//go:build unix && !linux

package client

import "syscall"

// processAttributes puts the plugin into a group of its own, where a terminal's Ctrl-C does not reach it. That it ends with the host is
// the watch over its standard input.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
