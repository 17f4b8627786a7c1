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

// newLibraryLog is the log of go-plugin itself: only what keeps the plugin from serving, which the host shows among the last lines. What
// it says below that helps no author of a vendor or a flow.
func newLibraryLog(w io.Writer) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Name: "go-plugin", Level: hclog.Error, Output: w, JSONFormat: true})
}
