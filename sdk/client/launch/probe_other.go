//go:build !linux || (!amd64 && !arm64)

package launch

import (
	"errors"
	"runtime"
)

// Possible tells that there is no launcher for this system.
const Possible = false

// errImpossible is why nothing can be started here.
var errImpossible = errors.New("there is no launcher for " + runtime.GOOS + "/" + runtime.GOARCH)

// Probe tells that this machine can hold a plugin by nothing.
func Probe() Report {
	return Nothing("authrun has no sandbox for " + runtime.GOOS + "/" + runtime.GOARCH)
}

// Run fails: there is no launcher for this system.
func Run([]string) int {
	println(errImpossible.Error())
	return 125
}
