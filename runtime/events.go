package runtime

import "time"

// Event is something that happened while a flow was applied: an [AuthStart], [AuthWait], [AuthDone], [AuthFailed], [AuthSkipped], [AuthRevoked],
// [Planned], [Diagnosed], [Notice], [Outputs], and last a [Summary], [Plan] or [Revocation]. A caller switches over the types, and ignores those it
// does not know: more may come. One event is told at a time, and whoever listens slowly slows the run.
type Event interface{ event() }

// Action is what was done to make a credential valid.
type Action string

// The actions.
const (
	ActionReuse   Action = "reuse"   // the stored one lives: no call
	ActionRenew   Action = "renew"   // the stored one was prolonged or replaced
	ActionAcquire Action = "acquire" // a new one was got
)

// What a plan says beside these.
const (
	ActionBlocked Action = "blocked" // nothing may be done, and nothing stored lives
	ActionUnknown Action = "unknown" // it hangs on what other blocks bring
)

// Classes of failure that are authrun's own, beside those of sdk.Class.
const (
	ClassInvalidConfig = "invalid_config" // the block's arguments are wrong
	ClassCondition     = "condition"      // a precondition or postcondition does not hold
	ClassPlugin        = "plugin"         // the plugin is missing, broken or at fault
	ClassStore         = "store"          // the store could not be read or written
	ClassCanceled      = "canceled"       // the caller gave up
	ClassRefused       = "refused"        // tokens were reported as refused, and no other one is got; of a [TokenSource] only
)

// AuthStart tells that work on a block began.
type AuthStart struct {
	Address string
}

// AuthWait tells that a block waits, for what and until when.
type AuthWait struct {
	Address string
	Reason  string
	Until   time.Time
}

// AuthDone tells that a block's credential is valid.
type AuthDone struct {
	Address   string
	Action    Action
	ExpiresAt time.Time // zero: never
	Elapsed   time.Duration
	Warning   string // not empty where a reuse hides a failure
}

// AuthFailed tells that a block's credential could not be made valid. Every one comes with a diagnostic, before it.
type AuthFailed struct {
	Address string
	Class   string    // an sdk.Class or one of the Class constants
	Until   time.Time // when a call is possible again; zero: not known
	Elapsed time.Duration
}

// AuthSkipped tells that a block was not tried because others failed.
type AuthSkipped struct {
	Address string
	Because []string // addresses of the blocks that failed
}

// Notice is a sentence for the person, which is no diagnostic: that a store was made, and where.
type Notice struct {
	Text string
}

// Diagnosed carries a diagnostic as soon as it is known.
type Diagnosed struct {
	Diagnostic Diagnostic
}

// Outputs carries the flow's outputs, once, after the last block. One that could not be known is left out.
type Outputs struct {
	Outputs []Output // in the order of their names
}

// Summary is the last event.
type Summary struct {
	Reused, Renewed, Acquired, Failed, Skipped int
	VendorCalls                                int // exchanges that left, or may have left, this host
	Elapsed                                    time.Duration
}

func (AuthStart) event()   {}
func (AuthWait) event()    {}
func (AuthDone) event()    {}
func (AuthFailed) event()  {}
func (AuthSkipped) event() {}
func (Notice) event()      {}
func (Diagnosed) event()   {}
func (Outputs) event()     {}
func (Summary) event()     {}
