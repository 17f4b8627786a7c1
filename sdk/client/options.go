package client

import (
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/authrun/authrun/sdk"
)

// Options is how to start plugins. Its zero value lacks RunDir, which every start needs.
type Options struct {
	// RunDir is an existing folder, 0700, of this run of the host. Each start makes a folder of its own in it and removes that at the end.
	RunDir string
	// HostVersion is told to the plugin, for its messages.
	HostVersion string
	// Redact is applied to all text that comes from the plugin, but for the texts of failures, which are the caller's to redact; nil:
	// nothing is hidden. It is called from several goroutines.
	Redact func(string) string
	// Known is what the plugin is, where the host knows it of this very file: then it is not asked. nil: it is not known.
	Known *sdk.Description
	// Log is where the plugin's log lines go, redacted. Its level is the plugin's; nil: the plugin does not log.
	Log hclog.Logger
	// Launcher is the program that takes network, files, capabilities and more from a plugin before it starts it, absolute: an authrun-launch,
	// or what package launch/self gives for the running program. Empty: there is none, and nothing is taken. It is used on Linux alone;
	// [Process.Held] tells what came of it.
	Launcher string
	// RequireSandbox refuses to start a plugin where a layer of the sandbox is missing.
	RequireSandbox bool
	// StartTimeout is how long a start may take until the first answer, and CallTimeout one call after it; 0: 10 s. An operation has the
	// end of its caller's context alone.
	StartTimeout, CallTimeout time.Duration
	// Now is the host's clock; nil: the system's.
	Now func() time.Time
}

// defaultTimeout is that of a start, and of a call.
const defaultTimeout = 10 * time.Second

func (o Options) withDefaults() Options {
	if o.Redact == nil {
		o.Redact = func(s string) string { return s }
	}
	if o.StartTimeout == 0 {
		o.StartTimeout = defaultTimeout
	}
	if o.CallTimeout == 0 {
		o.CallTimeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// logLevel is the level of the plugin's log in hclog's words.
func (o Options) logLevel() string {
	if o.Log == nil {
		return hclog.Off.String()
	}
	level := o.Log.GetLevel()
	if level == hclog.NoLevel {
		level = hclog.Info
	}
	return level.String()
}
