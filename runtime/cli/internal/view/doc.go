// Package view shows what happens: to a person as text, to a program as JSON, one object a line.
//
// It turns the events, diagnostics and values of package runtime into words and has no opinion on what is done next. Results go to one stream
// and everything else to another; which these are, whether colours are wanted, what time it is and where its caller says. Only runtime/cli
// imports it.
package view
