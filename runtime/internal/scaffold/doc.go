// Package scaffold writes the first files of a plugin: a Go module of its own that builds, passes its tests and applies against a fake server of
// its vendor, before a line of it is changed. The files are templates in the folder module, with « and » around what is filled in.
//
// It runs no program and reads no network. It is imported by package runtime/cli.
package scaffold
