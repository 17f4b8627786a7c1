// Package sdk is what the author of a vendor plugin imports.
//
// A vendor is a value of type [Vendor]: a name, one function per ability (acquire, renew, revoke), and what the vendor tolerates and how
// its tokens behave as data. The configuration and the credential are structs whose tags are the schema; see [Vendor] for the tag
// language. A plugin's main is one call of plugin.Serve (package sdk/plugin).
//
// A plugin does no I/O of its own: an operation gets a [Host], and asks it for exchanges with the vendor. The host alone counts, limits,
// times and redacts them. So a plugin needs no network, no files and no environment, and has none.
//
// `authrun plugin new` writes the first files of a plugin, and AUTHORING.md beside this file leads from a page of API documentation to a released one.
//
// The package holds no gRPC and no HCL: those are the concern of sdk/plugin, sdk/client and their internals. It imports nothing of
// authrun's runtime, which imports it.
package sdk

// Version of the SDK, semver.
const Version = "0.1.0"
