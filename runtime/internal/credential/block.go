package credential

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// Block is one auth block whose configuration is known.
type Block struct {
	Address string
	Schema  sdk.Description // its limits and its token as the flow has made them

	Config    json.RawMessage            // every argument, defaults filled in: what the plugin gets
	Account   map[string]json.RawMessage // the arguments that tell which account this is
	Set       map[string]json.RawMessage // the arguments that the flow sets, without the volatile ones: what the fingerprint is made of
	Sensitive map[string]json.RawMessage // the arguments that are secrets: what a refusal latches
	Endpoints []string                   // the URLs that exchanges may go to
	// Unknown are the arguments that Account and Set lack because their values are not at hand. Such a block can be looked at, if Used tells
	// that the others are unchanged, and not be made valid.
	Unknown []string

	RenewBefore RenewBefore
	Retry       Retry
	Timeout     time.Duration // of one exchange
	Forced      bool          // acquire whatever is stored, latched or not
	MinLife     time.Duration // a credential with less life left is renewed
	Refused     string        // a token that a consumer saw refused: it is replaced, if it is still the stored one

	// Offline forbids every exchange of this block. Allow is asked before each: its error, a *Failed, forbids that one; takeBack is called where
	// the exchange never left the host after all. nil: nobody is asked.
	Offline bool
	Allow   func() (takeBack func(), err error)

	// Refers gives the attributes of the credential that the flow refers to. It is asked only of a record that another version of the plugin
	// made; nil: it refers to none.
	Refers func() []string

	// Plugin gives the plugin, and starts it if need be.
	Plugin func(ctx context.Context) (sdk.Plugin, error)
	// Transport gives what sends the exchanges, by the block's network settings.
	Transport func() (http.RoundTripper, error)
	// Waiting is told what the block waits for; nil: nobody wants to know.
	Waiting func(reason string, until time.Time)

	// Warn is told what the plugin warns of in the configuration; nil: nobody wants to know.
	Warn func([]sdk.Problem)

	// Tell is told of each try of an operation that asked for an exchange, once all secrets are known that it brought; nil: nobody wants to know.
	Tell func(Told)

	// Flow is the absolute path of the flow, and Used what its store remembers of the address: nil where it remembers nothing.
	Flow string
	Used *store.Use
}

// arguments are all arguments, the volatile ones and the defaults included; of a block that is not known as a whole those that are.
func (b Block) arguments() map[string]json.RawMessage {
	if b.Config == nil {
		some := maps.Clone(b.Account)
		maps.Copy(some, b.Set)
		return some
	}
	var all map[string]json.RawMessage
	// Config is made by the runtime; one that is no object has no arguments.
	_ = json.Unmarshal(b.Config, &all)
	return all
}

// RenewBefore is the renewal window that a flow sets: a duration, or a part of the life in percent. The zero value: it sets none.
type RenewBefore struct {
	Duration time.Duration
	Percent  float64
}

// of is the window for a credential of that life; 0: none is set.
func (r RenewBefore) of(life time.Duration) time.Duration {
	if r.Percent > 0 {
		return time.Duration(float64(life) * r.Percent / 100)
	}
	return r.Duration
}

// Retry says how an operation is tried again within one run.
type Retry struct {
	Attempts           int // tries in all; 0: the default, which hangs on the vendor's limits
	MinDelay, MaxDelay time.Duration
}

// Valid is a credential that can be used now.
type Valid struct {
	Did        Do
	Reason     string          // why that was done
	Value      json.RawMessage // attributes of the credential, token included, without the private ones
	Generation uint64
	ExpiresAt  time.Time // zero: never
	Warning    string    // not empty: what failed while the stored value lived on
	Class      string    // of that failure
	Summary    string    // few fixed words for it, in place of the class's; may be empty
}
