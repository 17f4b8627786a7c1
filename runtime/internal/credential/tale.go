package credential

import (
	"net/http"
	"time"

	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/sdk"
)

// Told is one try of an operation, with all that was said in it: it holds secrets.
type Told struct {
	Operation sdk.Operation
	Held      *sdk.Held // what the plugin was given of the held credential; nil: nothing
	Began     time.Time
	Took      time.Duration
	Exchanges []exchange.Seen
	Result    sdk.Result
	Err       error // why it failed: a *sdk.Failure of the plugin, or a reason of this host
}

// tale gathers what is told of a try.
type tale struct {
	keeper  *Keeper
	attempt *attempt
	began   time.Time
	witness *exchange.Witness // nil: nobody wants to know
	next    http.RoundTripper // what makes the exchanges
}

func (k *Keeper) tale(a *attempt, chain http.RoundTripper) *tale {
	t := &tale{keeper: k, attempt: a, began: k.Now(), next: chain}
	if a.b.Tell != nil {
		t.witness = exchange.NewWitness(chain, k.Now)
		t.next = t.witness
	}
	return t
}

// tell tells how the try ended.
func (t *tale) tell(r sdk.Result, err error) {
	if t.witness == nil {
		return
	}
	seen := t.witness.Seen()
	if len(seen) == 0 {
		return
	}
	if err == nil {
		t.keeper.learn(t.attempt.b.Schema.Credential, content{Value: r.Value, Private: r.Private})
	}
	t.attempt.b.Tell(Told{Operation: t.attempt.op, Held: given(t.attempt.held), Began: t.began, Took: max(t.keeper.Now().Sub(t.began), 0),
		Exchanges: seen, Result: r, Err: err})
}
