package wire

import (
	"strconv"

	"github.com/hashicorp/go-plugin"
)

// Version is the protocol version that this SDK speaks, on both ends.
const Version = 1

// Service is the name under which the one service of a plugin is registered with go-plugin.
const Service = "vendor"

// The cookie by which a plugin sees that a host started it. It keeps a person from starting one by hand; it protects nothing.
const (
	CookieName  = "AUTHRUN_PLUGIN_COOKIE"            // of the environment
	CookieValue = "5f0f3d6f1f0b4f0c8b53c7d2a86e4a19" // the same for good
)

// The names of the environment that a host gives to a plugin, beside the cookie. There is nothing else in it but go-plugin's own.
const (
	EnvProtocols  = "PLUGIN_PROTOCOL_VERSIONS" // go-plugin's: the versions that the host speaks, separated by commas
	EnvSocketDir  = "PLUGIN_UNIX_SOCKET_DIR"   // go-plugin's: where the plugin makes its socket
	EnvMinPort    = "PLUGIN_MIN_PORT"          // go-plugin's: where there are no Unix sockets
	EnvMaxPort    = "PLUGIN_MAX_PORT"          // the same
	EnvLogLevel   = "AUTHRUN_PLUGIN_LOG"       // level of the plugin's log, in hclog's words
	EnvTempDir    = "TMPDIR"                   // the plugin's own folder
	EnvProcessors = "GOMAXPROCS"               // Go's: threads that run Go code at once
	EnvMemory     = "GOMEMLIMIT"               // Go's: memory at which the collector works harder
	EnvGarbage    = "GOGC"                     // Go's: garbage that stands, in percent of what lives
	EnvTraceback  = "GOTRACEBACK"              // Go's: what a panic prints
)

// The sizes that both ends hold to, in bytes.
const (
	MaxBody    = 1 << 20   // of a request, and of a vendor's answer after decompression
	MaxHeaders = 256 << 10 // all headers of a request or an answer, names and values
	MaxMessage = 2 << 20   // of one message of the protocol
)

// FeatureHTTP is that a host makes HTTP exchanges on the stream of an operation; it says so in the first message.
const FeatureHTTP = "http"

// Handshake is the cookie as go-plugin wants it.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{MagicCookieKey: CookieName, MagicCookieValue: CookieValue}
}

// Protocols makes the set of versions for one end, which go-plugin keeps and writes to: a fresh one for each.
func Protocols(p plugin.Plugin) map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{Version: {Service: p}}
}

// VersionProblem says what to do about a plugin that speaks another version, or "" where it speaks this one.
func VersionProblem(plugin int) string {
	switch {
	case plugin == Version:
		return ""
	case plugin > Version:
		return "speaks protocol version " + strconv.Itoa(plugin) + ", this authrun speaks version " + strconv.Itoa(Version) + ": upgrade authrun"
	}
	return "speaks protocol version " + strconv.Itoa(plugin) + ", this authrun speaks version " + strconv.Itoa(Version) + ": upgrade the plugin"
}
