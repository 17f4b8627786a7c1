//go:build race

package client

// pluginDataLimit is none: the plugins of a test are built as the host is, and the race detector's shadow memory fits into no limit.
const pluginDataLimit = 0

// raceOptions spares plugins the pause of a second that a program built with the race detector makes before it ends: tests start hundreds.
func raceOptions() []string { return []string{"GORACE=atexit_sleep_ms=0"} }
