//go:build !race

package client

// pluginDataLimit is the memory in bytes that a plugin may use at most: a hundred operations at once with answers of 1 MiB, and an
// interpreter's threads, fit into it.
const pluginDataLimit = 512 << 20

// raceOptions is empty: the host was built without the race detector.
func raceOptions() []string { return nil }
