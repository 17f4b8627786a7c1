package credential

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/authrun/authrun/runtime/internal/limit"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// unfinished is what the ledger tells of the calls for a record since its value was stored: those whose end nobody stored, because their
// process died or the store did not take what came of them. It is true for whoever holds the account's lock: nobody else has one under way.
type unfinished struct {
	renewed bool      // the vendor may have renewed the stored value already, and nobody has the new one
	calls   int       // the last so many calls have no outcome
	runs    int       // of which these are at least
	last    time.Time // when the last one of these was begun
}

// unfinishedSince is how far back calls without an outcome matter to the next try: long enough for the longest back-off to stay.
const unfinishedSince = time.Hour

// unfinished reads the ledger for what is to be done about a record. Only a renewal must know of all calls since the value was stored.
func (k *Keeper) unfinished(ctx context.Context, b Block, key store.Key, d Decision) (unfinished, error) {
	q := store.Query{Vendor: key.Vendor, Account: key.Account}
	if d.Do != Renew || b.Schema.Token.Sliding {
		q.Since = k.Now().Add(-unfinishedSince)
	}
	rows, err := k.Store.Exchanges(ctx, q)
	if err != nil {
		return unfinished{}, storeFailed("read the ledger", err)
	}
	u := unfinished{}
	for _, row := range rows {
		if row.Key != key || row.Operation == string(sdk.OpRevoke) {
			continue
		}
		switch {
		case row.Outcome == "ok" && row.Generation > 0: // It brought the value, or prolonged it.
			u = unfinished{}
			continue
		case row.Outcome == "":
			u.calls, u.last = u.calls+1, row.At
		default:
			u.calls = 0
		}
		u.renewed = u.renewed || row.Operation == string(sdk.OpRenew) && mayHaveRenewed(row.Outcome, row.Status)
	}
	most := max(1, b.calls(sdk.OpAcquire), b.calls(sdk.OpRenew))
	u.runs = (u.calls + most - 1) / most
	return u, nil
}

// mayHaveRenewed tells whether the vendor may have renewed a credential in an exchange that ended so, although no new one came of it: there
// was no answer, or one that nobody understood. A pair that was renewed is used up.
func mayHaveRenewed(outcome string, status int) bool {
	switch {
	case status == http.StatusBadGateway || status == http.StatusGatewayTimeout || status == http.StatusRequestTimeout:
		return true // Somebody else answered, who does not know either.
	case status >= http.StatusMultipleChoices:
		return false
	}
	switch sdk.Class(outcome) {
	case sdk.Unavailable:
		return status == 0
	case sdk.InvalidCredentials, sdk.InvalidRequest, sdk.RateLimited, sdk.QuotaExhausted, sdk.LockedOut, sdk.TokenDead, sdk.InteractionRequired:
		return false
	}
	return true
}

// needed is until when the row of an exchange that is begun at that time is looked at: by limits, and by those who want to know what was not
// finished.
func (l *ledger) needed(at time.Time) time.Time {
	until := limit.Horizon(l.gate.limits, l.gate.ask.Operation, at)
	for _, t := range []time.Time{at.Add(unfinishedSince), l.until} {
		if t.After(until) {
			until = t
		}
	}
	return until
}

// mayHaveRenewed tells, once the try has failed and its change was made, whether its exchanges may have renewed what is held.
func (l *ledger) mayHaveRenewed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.outcomes, func(o store.Outcome) bool { return mayHaveRenewed(o.Outcome, o.Status) })
}

// instead is what is done instead of renewing a value that the vendor may have renewed already: it would take the second use of one pair for
// theft.
func (u unfinished) instead(b Block, d Decision) Decision {
	if d.Do == Renew && u.renewed && !b.Schema.Token.Sliding {
		return Decision{Do: Acquire, Reason: "the stored one was sent for renewal, and the answer was lost", Living: d.Living}
	}
	return d
}

// heldBack says why a call is not made yet. One run that was not finished is an accident; more in a row are a loop of restarts, or a store that
// takes no outcomes, and such a loop must not become a storm of calls.
func (u unfinished) heldBack(now time.Time, address string) error {
	if u.runs < 2 {
		return nil
	}
	next := u.last.Add(backoff(u.runs - 1))
	if !now.Before(next) || fromFuture(u.last, now) {
		return nil
	}
	return &Failed{
		Class: ClassCanceled, Until: next, Held: true, Summary: "Calls were never finished",
		Text: fmt.Sprintf("Not tried: the last %d vendor calls were begun and never finished, the last one at %s. authrun was killed, or the store "+
			"did not take what came of them. The next try is at %s.", u.calls, u.last.UTC().Format(time.RFC3339), next.UTC().Format(time.RFC3339)),
		Advice: fmt.Sprintf("Find out what ends authrun, or run with --force %s if it was mended.", address),
	}
}
