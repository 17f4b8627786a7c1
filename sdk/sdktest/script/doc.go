// Package script is a vendor's side of the conversation as data: which requests are expected, what is answered, and how an operation ends
// by that. A vendor's author writes one for the conformance suite, as a Go value or as a file of JSON; `authrun apply --trace` writes one of
// what it saw. docs/script.md describes the file.
//
// The package reads and compares. It plays nothing: that is package conformance. It may be imported by anybody, and imports the sdk alone.
package script
