//go:build !race

package client

// raceOptions is empty: the host was built without the race detector.
func raceOptions() []string { return nil }
