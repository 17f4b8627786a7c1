// Package source gets plugins from where they are published: a folder, an HTTPS server, an OCI registry.
//
// An [Address] is where, as a flow writes it; nothing is added to it, and there is no registry that is meant when none is named. A [Source]
// answers three questions: which versions there are, which hashes the executables of a version have on all platforms, and the bytes of one of
// them. The layout of a source is described in docs/plugins.md.
//
// The package believes nothing: names are checked before they become part of a path, and what is read is bounded. Whether the bytes have the
// hash that they should is for its caller to see, who knows which hash was agreed on. Nothing that is published is unpacked: an executable lies
// there as it is, or as one gzip stream, which has no names in it.
//
// It knows nothing of flows, lock files or processes, and is imported by package supply and the runtime.
package source
