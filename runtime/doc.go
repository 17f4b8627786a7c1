// Package runtime makes the credentials of a flow valid. It is the embedding face of authrun, and the one place where its parts meet.
//
// A flow is one HCL file or a folder of them that declares `auth` blocks, what depends on what, and outputs. [Open] gives a [Runtime] that
// holds the settings of this process; [Runtime.Load] reads a flow; [Flow.Validate] checks all that can be checked without a vendor call;
// [Flow.Apply] makes every credential valid: reused while it lives, renewed before it dies, acquired when there is none.
//
// Two kinds of failure are kept apart. A mistake of the flow's author, and whatever a vendor or a plugin did wrong for one of its blocks, is
// a [Diagnostic] with a place in a file. A fault of the calling program or of the machine (no store folder, a cancelled context) is an
// error.
//
// The package touches no process-wide state: no streams, no environment, no signals, no exit. Time, environment, logger and transport come
// in by [Options]. It is imported by the command line (package runtime/cli) and by other Go programs, which call it authrun:
//
//	import authrun "github.com/authrun/authrun/runtime"
package runtime
