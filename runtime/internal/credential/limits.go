package credential

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/authrun/authrun/runtime/internal/limit"
	"github.com/authrun/authrun/sdk"
)

// LimitState is how much of a limit is used.
type LimitState struct {
	Limit      sdk.Limit       // tightened by the flow
	Operations []sdk.Operation // whose calls it counts
	Scope      string          // keyed hash of whose it is: blocks with the same one share the limit
	Usage      limit.Usage     // of a quota
	Text       string          // "3 of 10 calls used since ..., the next window begins ..."
	Free       bool            // one more exchange would be allowed now
}

// operations are all that a limit may count.
var operations = []sdk.Operation{sdk.OpAcquire, sdk.OpRenew, sdk.OpRevoke}

// limits says how much of each limit is used. The rows of a limit are the same for each operation that it counts, so each is asked about as the
// first of these.
func (k *Keeper) limits(ctx context.Context, b Block, look *Look) error {
	states := map[string]LimitState{}
	for _, op := range operations {
		if !slices.ContainsFunc(b.Schema.Limits, func(l sdk.Limit) bool { _, done := states[l.Name]; return !done && limit.Counts(l, op) }) {
			continue
		}
		counted, err := k.counted(ctx, b, op)
		if err != nil {
			return err
		}
		scopes := k.scopes(b, op)
		for _, c := range counted {
			if _, done := states[c.Limit.Name]; done {
				continue
			}
			state, err := k.limit(c, op)
			if err != nil {
				return err
			}
			state.Scope = scopes[c.Limit.Name]
			states[c.Limit.Name] = state
		}
	}
	for _, l := range b.Schema.Limits {
		if state, ok := states[l.Name]; ok { // else whose it is hangs on an argument that is not known
			look.Limits = append(look.Limits, state)
		}
	}
	return nil
}

// limit says how much of one limit is used, and whether it allows one more call of op.
func (k *Keeper) limit(c limit.Counted, op sdk.Operation) (state LimitState, err error) {
	state.Limit = c.Limit
	for _, o := range operations {
		if limit.Counts(c.Limit, o) {
			state.Operations = append(state.Operations, o)
		}
	}
	verdict, err := limit.Judge(limit.Ask{Now: k.Now(), Operation: op}, []limit.Counted{c})
	if err != nil {
		return state, err
	}
	state.Free = verdict.Answer != limit.Refuse
	switch {
	case c.Limit.Quota != nil:
		if state.Usage, err = limit.Used(*c.Limit.Quota, c.Rows, k.Now()); err != nil {
			return state, err
		}
		state.Text = fmt.Sprintf("%d of %d calls used since %s", state.Usage.Used, c.Limit.Quota.Count, state.Usage.Since.Format(time.RFC3339))
	case verdict.Answer == limit.Wait:
		state.Text = fmt.Sprintf("at least %s between two calls, the next is possible in %s", lasting(c.Limit.MinInterval), verdict.Wait.Round(time.Millisecond))
	case verdict.Answer == limit.Refuse:
		state.Text = verdict.Reason
	case c.Limit.Lockout != nil:
		state.Text = fmt.Sprintf("not locked out; the vendor does so after %d refusals in a row", c.Limit.Lockout.Refusals)
	default:
		state.Text = "at least " + lasting(c.Limit.MinInterval) + " between two calls"
	}
	return state, nil
}
