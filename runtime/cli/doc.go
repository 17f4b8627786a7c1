// Package cli is authrun's command line: the verbs, their flags, and what a person or a program sees of them.
//
// A verb is one file. It reads its flags, asks package runtime to do the work, and shows what happens by a view. The package is given the
// streams, the arguments, the environment and the signals of the process by [Env] and touches none of them by itself, so that a test can run
// a whole command in memory. Only main imports it.
package cli
