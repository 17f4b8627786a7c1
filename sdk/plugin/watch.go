package plugin

import "io"

// watch calls ended when stdin ends. The host holds the other end of that pipe open for as long as it wants the plugin, and the kernel
// closes it when the host is killed: so no plugin outlives its host, on any system.
func watch(stdin io.Reader, ended func()) {
	_, _ = io.Copy(io.Discard, stdin)
	ended()
}
