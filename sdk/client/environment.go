package client

import (
	"strconv"

	"github.com/authrun/authrun/sdk/internal/wire"
)

// The sizes of a plugin's process. It keeps next to nothing and mostly waits, so that it is made to stay small and to start fast.
const (
	pluginProcessors = 1       // threads that run Go code at once; more cost a tenth of the time of a start and help only a vendor that computes
	pluginMemory     = "64MiB" // at which its collector works harder
	pluginGarbage    = 50      // how much garbage the collector lets stand, in percent of what lives
)

// pluginTimeLimit is the processor time in seconds after which the kernel kills a plugin, whatever its host does: what a service that runs
// for months needs, and no more. The host's own watch is far stricter; see patrol.
const pluginTimeLimit = 3600

// environment is the whole environment of a plugin with the given folder. Nothing of the host's own is in it: that holds other vendors'
// secrets.
func environment(dir string, o Options) []string {
	return append(raceOptions(),
		wire.CookieName+"="+wire.CookieValue,
		wire.EnvProtocols+"="+strconv.Itoa(wire.Version),
		wire.EnvSocketDir+"="+dir,
		wire.EnvTempDir+"="+dir,
		wire.EnvMinPort+"=0", // the system chooses the port; go-plugin's own scan from below meets other services
		wire.EnvMaxPort+"=1",
		wire.EnvLogLevel+"="+o.logLevel(),
		wire.EnvProcessors+"="+strconv.Itoa(pluginProcessors),
		wire.EnvMemory+"="+pluginMemory,
		wire.EnvGarbage+"="+strconv.Itoa(pluginGarbage),
		wire.EnvTraceback+"=single", // of the panicking goroutine alone: the others would push its panic out of the last lines
	)
}
