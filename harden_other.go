//go:build !linux

package main

// harden does nothing where it is not known what to do.
func harden() {}
