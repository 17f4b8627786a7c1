package credential

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/runtime/internal/limit"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// scopes are whose each limit is that counts op's exchanges, as keyed hashes by the limit's name. It leaves out a limit that hangs on an
// argument which is not known.
func (k *Keeper) scopes(b Block, op sdk.Operation) map[string]string {
	var scopes map[string]string
	var all map[string]json.RawMessage
	for _, l := range b.Schema.Limits {
		if !limit.Counts(l, op) {
			continue
		}
		if scopes == nil {
			scopes, all = map[string]string{}, b.arguments()
		}
		args, known := make(map[string]json.RawMessage, len(l.Scope)), true
		for _, name := range l.Scope {
			// An account's URLs are normalised, so that two ways of writing one address share its limits.
			args[name] = part(b.Account, name)
			if args[name] == nil {
				args[name] = part(all, name)
			}
			if args[name] == nil && b.Config != nil {
				args[name] = json.RawMessage("null")
			}
			known = known && args[name] != nil
		}
		if !known {
			continue
		}
		scopes[l.Name] = k.Hasher.Scope(b.Schema.Vendor, l.Name, args)
	}
	return scopes
}

// part is an argument's value, or that of a member of an argument that is a map ("account.client_id"); nil: there is none.
func part(args map[string]json.RawMessage, name string) json.RawMessage {
	outer, key, member := strings.Cut(name, ".")
	if !member {
		return args[name]
	}
	var members map[string]json.RawMessage
	// What is no map has no members.
	_ = json.Unmarshal(args[outer], &members)
	return members[key]
}

// gate lets an exchange of one try through, or says why not. It is asked in the same transaction that writes the exchange's row.
type gate struct {
	limits []sdk.Limit
	ask    limit.Ask
	now    func() time.Time
	// known corrects a row by what came of it, where it is of this very try: that is not stored yet. ok is false where it never left the host.
	known func(store.Exchange) (now store.Exchange, ok bool)
}

// judge says in what the ledger's rows forbid the exchange: nothing, a *wait, or a *Failed.
func (g gate) judge(rows func(name string, since time.Time) ([]store.Exchange, error)) error {
	g.ask.Now = g.now()
	counted, err := count(g.limits, g.ask.Operation, g.ask.Now, func(name string, since time.Time) (corrected []store.Exchange, err error) {
		stored, err := rows(name, since)
		for _, e := range stored {
			if e, ok := g.known(e); ok {
				corrected = append(corrected, e)
			}
		}
		return corrected, err
	})
	if err != nil {
		return err
	}
	verdict, err := limit.Judge(g.ask, counted)
	switch {
	case err != nil:
		return &Failed{Class: ClassPlugin, Text: fmt.Sprintf("A limit that the plugin declares makes no sense: %v.", err), Err: err}
	case verdict.Answer == limit.Wait:
		return &pause{verdict}
	case verdict.Answer == limit.Refuse:
		failed := &Failed{Class: string(verdict.Class), Text: "Not sent: " + verdict.Reason, Until: verdict.Until, Limit: verdict.Limit}
		if verdict.Kept {
			failed.Summary = "Last calls are kept for later"
		}
		return failed
	}
	return nil
}

// longestCall is how long before a limit's window a call may have begun that reached the vendor within it.
const longestCall = 5 * time.Minute

// count gathers the rows that each limit counts.
func count(limits []sdk.Limit, op sdk.Operation, now time.Time,
	rows func(name string, since time.Time) ([]store.Exchange, error)) ([]limit.Counted, error) {
	var counted []limit.Counted
	for _, l := range limits {
		if !limit.Counts(l, op) {
			continue
		}
		since, err := limit.Since(l, now)
		if err != nil {
			return nil, &Failed{Class: ClassPlugin, Text: fmt.Sprintf("A limit that the plugin declares makes no sense: %v.", err), Err: err}
		}
		if !since.IsZero() {
			since = since.Add(-longestCall)
		}
		exchanges, err := rows(l.Name, since)
		if err != nil {
			return nil, err
		}
		c := limit.Counted{Limit: l, Rows: make([]limit.Row, len(exchanges))}
		for i, e := range exchanges {
			// The vendor counts from when a call reached it, which is somewhere between its begin and its end.
			c.Rows[i] = limit.Row{At: e.At.Add(e.Took), Outcome: e.Outcome, Status: e.Status, Step: e.Outcome == exchange.Answered && e.Generation == 0}
		}
		counted = append(counted, c)
	}
	return counted, nil
}

// counted gathers them outside of any transaction: what a plan goes by.
func (k *Keeper) counted(ctx context.Context, b Block, op sdk.Operation) ([]limit.Counted, error) {
	scopes := k.scopes(b, op)
	limits := slices.DeleteFunc(slices.Clone(b.Schema.Limits), func(l sdk.Limit) bool { return scopes[l.Name] == "" })
	return count(limits, op, k.Now(), func(name string, since time.Time) ([]store.Exchange, error) {
		return k.Store.Exchanges(ctx, store.Query{Limit: name, Scope: scopes[name], Since: since})
	})
}

// pause is why an exchange has to wait.
type pause struct{ limit.Verdict }

// Error is the reason.
func (p *pause) Error() string { return p.Reason }
