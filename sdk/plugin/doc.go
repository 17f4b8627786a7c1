// Package plugin is the plugin's end of the wire. A plugin's main is one call of [Serve]:
//
//	func main() { plugin.Serve(easemob.Vendor) }
//
// Serve turns the vendor into a gRPC service that the host talks to, and the exchanges that the vendor asks for into messages to the
// host. Beside that it keeps the process harmless: it ends when its host does, talks to nobody but its host, prints nothing that could be
// taken for the handshake, dumps no core, and survives a panic of the vendor.
//
// Started by a developer with "debug" it serves any host of the same user that attaches to it, in the terminal of a debugger.
//
// It is for the main package of a plugin alone and so, unlike every other package of the SDK, touches the streams, the environment and
// the end of the process. It knows nothing of any vendor, and nothing of the host but the protocol.
package plugin
