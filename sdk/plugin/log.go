package plugin

import (
	"io"

	"github.com/hashicorp/go-hclog"
)

// newLog is the plugin's log: a JSON object a line on standard error, which the host reads. Its level is the host's; without one the
// plugin is silent, since nobody would read what it says.
func newLog(w io.Writer, level string) hclog.Logger {
	l := hclog.LevelFromString(level)
	if l == hclog.NoLevel {
		l = hclog.Off
	}
	return hclog.New(&hclog.LoggerOptions{Level: l, Output: w, JSONFormat: true})
}

// libraryLog is the log of go-plugin itself, which at its lower levels tells of things that no author of a vendor or a flow can act upon.
func libraryLog(log hclog.Logger) hclog.Logger {
	library := log.Named("go-plugin")
	if level := log.GetLevel(); level < hclog.Warn {
		library = hclog.New(&hclog.LoggerOptions{Level: hclog.Off})
	}
	return library
}
