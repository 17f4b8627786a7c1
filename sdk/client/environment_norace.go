//go:build !race

package client

// pluginDataLimit is the memory in bytes that a plugin may ask for at most. A hundred operations at once with answers of 1 MiB ask for 430 MiB
// and use half of it: Go's runtime does not give back what it has asked for.
const pluginDataLimit = 1 << 30

// raceOptions is empty: the host was built without the race detector.
func raceOptions() []string { return nil }
