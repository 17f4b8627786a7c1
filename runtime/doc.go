// Package runtime makes the credentials of a flow valid. It is the embedding face of authrun, and the one place where its parts meet.
//
// A flow is one HCL file or a folder of them that declares `auth` blocks, what depends on what, and outputs. [Open] gives a [Runtime] that
// holds the settings of this process; [Runtime.Load] reads a flow; [Flow.Validate] checks all that can be checked without a vendor call;
// [Flow.Apply] makes every credential valid: reused while it lives, renewed before it dies, acquired when there is none.
//
// A program that wants a token holds a [TokenSource], by [Flow.TokenSource]: a handle whose value advances, which implements oauth2.TokenSource, tells
// of each new generation by [TokenSource.Watch], and gives an http.Client or a [Transport] that puts the token on requests and replaces one that the
// vendor takes for dead. [Flow.Keep] keeps all credentials of a flow. What a run does is told by each [Event] as it happens; the command line prints
// these, and does nothing else.
//
// A [Runtime], a [Flow], a [TokenSource] and a [Transport] may be used by many goroutines at the same time; a [Console] and a [Mask] by one at a time.
// All other types are plain values. Several runtimes may live in one process. [Runtime.Close] waits for what is under way, and leaves no goroutine,
// process, socket or file behind; a [Flow] and what it gave are of no use after it.
//
// Two kinds of failure are kept apart. A mistake of the flow's author, and whatever a vendor or a plugin did wrong for one of its blocks, is
// a [Diagnostic] with a place in a file. A fault of the calling program or of the machine (no store folder, a cancelled context) is an
// error.
//
// [Error] says why one credential could not be made valid, with its class and until when; errors.As finds it.
//
// The package touches no process-wide state: no streams, no environment, no signals, no exit. Time, environment, logger and transport come
// in by [Options]. It is imported by the command line (package runtime/cli) and by other Go programs, which call it authrun:
//
//	import authrun "github.com/authrun/authrun/runtime"
package runtime
