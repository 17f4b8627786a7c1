// Package exchange makes the HTTP exchanges of an operation on the host's side: each one goes only where the plugin declared, is counted
// before it leaves, ends in time, and its answer is bounded.
//
// A [Chain] is an http.RoundTripper made of small ones, each in a file of its own. A request passes them in this order:
//
//	endpoint   to the origin of a declared endpoint, or nowhere
//	request    brought into the form in which it leaves: no header that is the host's, at most 1 MiB
//	budget     not more exchanges than the plugin said it makes
//	ledger     a row in the store before the request leaves, its outcome after
//	deadline   an answer in time, whole, at most 1 MiB after decompression; why there is none, as a failure
//	trace      what left when, and whether it did
//
// and then the transport, which [NewTransport] makes from a block's `network`. It follows no redirect, and opens a connection for each
// exchange, so that it never repeats a request by itself.
//
// Why there was no answer is a *sdk.Failure, which errors.As finds in every error of a chain. Its Sent is true unless it is certain that
// nothing left this host. Its text names host and port, never a path or a query, and no word of an answer.
//
// The package decides nothing about limits, retries or credentials: that is the business of whoever makes a chain and gives it a
// [Recorder]. It may be imported by the runtime and its rooms.
package exchange
