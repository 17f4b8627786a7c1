// Package client is the host's end of the wire: it starts the verified executable of a plugin, talks to it, and ends it.
//
// [Start] makes a [Process], which is an [sdk.Plugin] like any vendor in the host's own process, so that nobody behind it knows the
// difference. It trusts nothing that comes over the wire: every reply is checked, every call has a deadline, and whatever a plugin does
// wrong (it crashes, prints, hangs, answers with the wrong type, speaks another version) becomes one [Error] that names it once, says what
// it did, and carries the last lines that it wrote, redacted.
//
// A plugin gets no environment, a folder of its own, and its requests made by the host through the RoundTripper of the operation. On Linux a
// launcher takes network, files, other processes and more from it before its first instruction (see package launch); [Process.Held] tells
// what the kernel did of that. It cannot outlive the host, even one that is killed. The connection is a Unix socket in a folder that no other user can enter, and each end asks
// the kernel who the other is; where the kernel cannot tell, it is TLS with a key pair made for this one start.
//
// [Attach] makes the same of a plugin that its developer started under a debugger, and that nothing holds.
//
// Which file is a plugin and whether it may be trusted, when to start one and how many, is not decided here but by runtime's catalog, the
// only importer beside tests. It does not know what an operation is for; see package credential.
package client
