// Package catalog finds the plugins, verifies them, remembers what they are, and keeps their processes.
//
// A plugin is an executable authrun-plugin-VENDOR in one of the folders of [Options]; PATH is never searched. It is opened once, its hash is
// taken from what was opened, and what was opened is what is started, so that nobody can change it between check and start. What a plugin
// answers to Describe is remembered by that hash: as long as the file stays the same, nothing is started to learn it again.
//
// There is one process for a vendor, however many auth blocks use it. It is started when it is first asked for, and ends with [Catalog.Close].
// Vendors that are built into the program go the same way, without a process.
//
// The package knows nothing of flows, credentials or the wire: those are the concern of its callers and of package sdk/client. It may be
// imported by the runtime, and by the command line's `plugin` and `init` verbs through it.
package catalog
