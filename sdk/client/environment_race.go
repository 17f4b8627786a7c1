//go:build race

package client

// raceOptions spares plugins the pause of a second that a program built with the race detector makes before it ends: tests start hundreds.
func raceOptions() []string { return []string{"GORACE=atexit_sleep_ms=0"} }
