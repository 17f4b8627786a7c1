package plugin

import (
	"math"
	"runtime/debug"
)

// softMemory is the memory in bytes at which the collector begins to work harder. A hundred operations at once with answers of 1 MiB need
// more and get it; an idle plugin stays far below.
const softMemory = 64 << 20

// limitMemory sets softMemory where the host has not said otherwise by GOMEMLIMIT.
func limitMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(softMemory)
	}
}
