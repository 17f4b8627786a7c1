package credential

import (
	"fmt"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// Do is what has to be done to make a credential valid.
type Do string

// What can be done.
const (
	Reuse   Do = "reuse"   // nothing: the stored value lives
	Renew   Do = "renew"   // prolong or replace the stored value
	Acquire Do = "acquire" // get a new one
)

// Facts are all that a decision hangs on.
type Facts struct {
	Now     time.Time
	Record  *store.Record // of this account and fingerprint; nil: none
	Renews  bool          // the plugin can renew
	Token   sdk.Token     // how the vendor's tokens behave
	Window  time.Duration // the value is renewed when it has no more life left than this
	MinLife time.Duration // or less than this
	Forced  bool          // acquire whatever is stored
	Refused bool          // a consumer saw the stored value refused
	Missing []string      // attributes that the flow refers to, and that the plugin which gave the stored value did not know
}

// Decision is what to do, and why, in words for a person.
type Decision struct {
	Do     Do
	Reason string
	// Living tells that the stored value lives: then a failure of what is to be done is a warning, since there is a value to go on with.
	Living bool
}

// operation is the operation that does it.
func (d Decision) operation() sdk.Operation {
	if d.Do == Renew {
		return sdk.OpRenew
	}
	return sdk.OpAcquire
}

// Decide applies the table of a credential's life to the facts. It is pure: the same facts give the same decision.
func Decide(f Facts) Decision {
	if f.Record == nil || f.Record.Sealed == nil {
		return Decision{Do: Acquire, Reason: "nothing is stored for these arguments"}
	}
	r := f.Record
	living := alive(r, f.Now)
	switch {
	case f.Refused:
		return Decision{Do: Acquire, Reason: "the stored one was reported as refused"}
	case f.Forced:
		return Decision{Do: Acquire, Reason: "it was forced", Living: living}
	case !living && !r.RetiredAt.IsZero():
		return Decision{Do: Acquire, Reason: "another credential of the account has replaced the stored one"}
	case !living:
		return Decision{Do: Acquire, Reason: "the stored one has expired"}
	case len(f.Missing) > 0:
		return Decision{Do: Acquire, Living: true, Reason: fmt.Sprintf("the flow refers to %s, which version %s of the plugin did not give",
			strings.Join(f.Missing, ", "), r.MadeBy)}
	case r.ExpiresAt.IsZero():
		return Decision{Do: Reuse, Reason: "the stored one never expires", Living: true}
	}
	left := r.ExpiresAt.Sub(f.Now)
	if left > f.Window && left >= f.MinLife {
		return Decision{Do: Reuse, Reason: "the stored one lives", Living: true}
	}
	reason := "the stored one is in its renewal window"
	if left < f.MinLife {
		reason = "the stored one lives shorter than asked for"
	}
	if f.Renews && r.Renewable && (r.RenewUntil.IsZero() || f.Now.Before(r.RenewUntil)) {
		return Decision{Do: Renew, Reason: reason, Living: true}
	}
	if f.Token.Second == sdk.SameToken && left > f.Token.FreshWithin {
		return Decision{Do: Reuse, Reason: "the vendor would give the same token again", Living: true}
	}
	return Decision{Do: Acquire, Reason: reason, Living: true}
}

// alive tells whether the value of r can be used at now, or will be when it is usable.
func alive(r *store.Record, now time.Time) bool {
	return (r.ExpiresAt.IsZero() || now.Before(r.ExpiresAt)) && (r.RetiredAt.IsZero() || now.Before(r.RetiredAt))
}

// The default window is a tenth of the life, and never more than a day.
const (
	windowPart = 10
	windowMax  = 24 * time.Hour
)

// Window is how long before its end a credential of that life is renewed. explicit is what the flow says, 0 where it says nothing; it is
// exact, unless it is no shorter than the life: then it is unreasonable, and the default holds. The default begins up to a tenth earlier,
// by seed in [0, 1), so that the many credentials of a site are not renewed at one moment.
func Window(life, explicit time.Duration, seed float64) (window time.Duration, reasonable bool) {
	if explicit > 0 && explicit < life {
		return explicit, true
	}
	window = min(life/windowPart, windowMax)
	window += time.Duration(float64(window) / windowPart * seed)
	return window, explicit <= 0
}
