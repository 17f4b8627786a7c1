//go:build !linux

package plugin

// nameProcess does nothing: the process was started by its path and has its name.
func nameProcess(string) {}

// limitProcess keeps the process small: the collector works harder before its memory grows beyond softMemory.
func limitProcess() { limitMemory() }
