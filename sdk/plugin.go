package sdk

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Plugin is a vendor as its host sees it, whether it runs in another process (package sdk/client) or in the host's own. A [Vendor] becomes
// one by its method Plugin. Its methods may be called at the same time from many goroutines.
type Plugin interface {
	// Describe says what the plugin is. The answer never changes while the executable does not.
	Describe(ctx context.Context) (Description, error)
	// Check says what is wrong with a whole configuration beyond the schema's rules. It makes no exchange.
	Check(ctx context.Context, config json.RawMessage) ([]Problem, error)
	// Run does one operation. A vendor's refusal is a *Failure; any other error is a fault of the plugin or of the connection to it.
	// When ctx ends, exchanges under way are cancelled and Run returns soon.
	Run(ctx context.Context, run Run) (Result, error)
}

// Run is one operation to do.
type Run struct {
	Operation Operation
	Config    json.RawMessage // JSON object: every argument, defaults filled in, null where there is neither
	Held      *Held           // always with renew and revoke; with acquire the last one, dead or alive, where there is one

	// Transport makes the exchanges. An error that is a *Failure says why there was no answer; any other error is Unavailable.
	Transport http.RoundTripper
	// Now is the host's clock.
	Now func() time.Time
	// Learn tells the host secrets that it cannot know (a hash, a signature), so that it redacts them; nil: nobody wants to know.
	Learn func(secret string)
	// Log is where the operation's log lines go; nil: nowhere.
	Log hclog.Logger
}

// Held is the credential that a host holds.
type Held struct {
	Value   json.RawMessage // JSON object by the credential schema, token included
	Private json.RawMessage // JSON object of the private attributes; nil where there are none
	MadeBy  string          // version of the plugin that answered it
}

// Result is how an operation ended well.
type Result struct {
	Value       json.RawMessage // JSON object by the credential schema, token included; nil: the held value lives on
	Private     json.RawMessage // JSON object of the private attributes
	Life        time.Duration   // from the instant the request left; meaningless where Eternal
	Eternal     bool            // never expires
	Renewable   bool
	RenewWithin time.Duration // renewing is possible for so long; 0: while it lives
	UsableAfter time.Duration // to be handed out only so long after the answer

	NotAtVendor bool   // of revoke: the vendor cannot end it; it dies by itself
	Text        string // of revoke: for a person
}
