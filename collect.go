package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much garbage is let be, in percent of what is in use: much of it while little is in use, since most runs are over before a collection
// pays; less of it in a large flow.
const (
	muchGarbage = 400
	lessGarbage = 150
	large       = 48 << 20 // bytes in use
)

// collectLate sets how eagerly garbage is collected, now and after each collection.
func collectLate() {
	inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(inUse)
	percent := muchGarbage
	if v := inUse[0].Value; v.Kind() == metrics.KindUint64 && v.Uint64() > large {
		percent = lessGarbage
	}
	debug.SetGCPercent(percent)
	// What nobody refers to is cleaned up after the next collection.
	runtime.AddCleanup(new([64]byte), func(struct{}) { collectLate() }, struct{}{})
}
