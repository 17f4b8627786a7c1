package client

import (
	"strconv"

	"github.com/authrun/authrun/sdk/internal/wire"
)

// The sizes of a plugin's process: the memory at which its collector works harder, and how much garbage it lets stand, in percent of what
// lives. A plugin keeps next to nothing, so that the second costs little.
const (
	pluginMemory  = "64MiB"
	pluginGarbage = 50
)

// environment is the whole environment of a plugin with the given folder. Nothing of the host's own is in it: that holds other vendors'
// secrets.
func environment(dir string, o Options) []string {
	return []string{
		wire.CookieName + "=" + wire.CookieValue,
		wire.EnvProtocols + "=" + strconv.Itoa(wire.Version),
		wire.EnvSocketDir + "=" + dir,
		wire.EnvTempDir + "=" + dir,
		wire.EnvMinPort + "=0", // the system chooses the port; go-plugin's own scan from below meets other services
		wire.EnvMaxPort + "=1",
		wire.EnvLogLevel + "=" + o.logLevel(),
		wire.EnvProcessors + "=" + strconv.Itoa(processors()),
		wire.EnvMemory + "=" + pluginMemory,
		wire.EnvGarbage + "=" + strconv.Itoa(pluginGarbage),
		wire.EnvTraceback + "=single", // of the panicking goroutine alone: the others would push its panic out of the last lines
	}
}
