package credential

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// keep stores the credential that a try brought, together with the outcome of its exchanges.
func (k *Keeper) keep(ctx context.Context, a *attempt, r sdk.Result, l *ledger, sent time.Time) (valid, error) {
	now := k.Now()
	if sent.IsZero() {
		sent = now
	}
	// By the clock as it stands now: it may have been put since the request left.
	sent = now.Round(0).Add(-max(0, now.Sub(sent)))
	c := content{Value: whole(r.Value, a.b.Schema.Credential), Private: r.Private}
	expect := a.held.generation()
	generation := expect
	switch {
	case r.Value == nil:
		c = a.held.sealed
	case a.held == nil || !bytes.Equal(c.Value, a.held.sealed.Value):
		generation++ // the same value again is none that a consumer has to know of
	}
	k.learn(a.b.Schema.Credential, c)
	for {
		record := a.record(r, sent, k.Now())
		record.Generation = generation
		var by Sealing
		var err error
		if record.Sealed, by, err = k.seal(c, a.id.key, generation); err != nil {
			return valid{}, storeFailed("seal the credential", err)
		}
		if t := k.stuck(a, record, c); t != nil {
			record.Trouble = *t
		}
		change := k.change(a, l, record, expect)
		change.Given = by.Given
		err = k.commit(ctx, change)
		if errors.Is(err, store.ErrConflict) {
			later, failed := k.later(ctx, a, l, sent)
			if failed != nil || later.record.Sealed != nil {
				return reused(later, "another process stored a later one meanwhile"), failed
			}
			expect, generation = later.record.Generation, later.record.Generation+1
			continue
		}
		if err != nil {
			again, err := k.resealed(ctx, by, err)
			if again {
				continue
			}
			return valid{}, lost(storeFailed("write the credential to the store", err))
		}
		return a.made(c, record), nil
	}
}

// change is what stores a record and settles the exchanges that brought it.
func (k *Keeper) change(a *attempt, l *ledger, record store.Record, expect uint64) store.Change {
	change := l.change("ok", record.Generation)
	change.Put, change.Expect = &record, expect
	for _, rival := range a.rivals {
		change.Retire = append(change.Retire, rival.Key)
	}
	change.RetireAt = record.IssuedAt.Add(a.b.Schema.Token.Overlap)
	if a.b.Forced {
		change.Unlatch = []store.LatchRef{a.id.secrets, a.id.request}
	}
	change.Use = k.used(a.b, a.id.key)
	return change
}

// later reads the record that somebody wrote meanwhile without the account's lock. Where its value was asked for after ours, which was sent
// for at sent, the vendor's last word is theirs: ours is dropped. Else it comes back without a value, and ours goes over it.
func (k *Keeper) later(ctx context.Context, a *attempt, l *ledger, sent time.Time) (*held, error) {
	ctx = context.WithoutCancel(ctx)
	h, err := k.read(ctx, a.id.key, a.b.Schema.Credential)
	if err != nil {
		return &held{}, lost(failedOf(err))
	}
	if h == nil || !h.record.IssuedAt.After(sent) {
		return &held{record: store.Record{Generation: h.generation()}}, nil
	}
	if err := k.Store.Commit(ctx, l.change("ok", 0)); err != nil {
		return &held{}, storeFailed("write the outcome of a call to the store", err)
	}
	return h, nil
}

// made is what a caller gets of a record that was just stored.
func (a *attempt) made(c content, record store.Record) valid {
	v := Valid{Did: Acquire, Value: c.Value, Generation: record.Generation, ExpiresAt: record.ExpiresAt}
	if a.op == sdk.OpRenew {
		v.Did = Renew
	}
	if len(a.rivals) > 0 {
		v.Warning = fights
	}
	if t := record.Trouble; t.Count > 0 {
		v.Warning, v.Class, v.Summary = t.Text, t.Class, noProgress
	}
	return valid{Valid: v, usable: record.UsableAt}
}

// lost says of a failure of the store that it came after the call.
func lost(f *Failed) *Failed {
	f.Advice = "The vendor was called, and that counts; the credential that it gave is lost. Mend the store and run it again."
	return f
}

// record is what the store keeps of a result, but for the value.
func (a *attempt) record(r sdk.Result, sent, now time.Time) store.Record {
	record := store.Record{Key: a.id.key, MadeBy: a.b.Schema.Version, IssuedAt: sent, Renewable: r.Renewable, Switches: switches(a.held, a.rivals, now)}
	if !r.Eternal {
		record.ExpiresAt = sent.Add(r.Life)
	}
	if r.RenewWithin > 0 {
		record.RenewUntil = sent.Add(r.RenewWithin)
	}
	if r.UsableAfter > 0 {
		record.UsableAt = now.Add(r.UsableAfter)
	}
	return record
}

// noProgress are the few words for a call that went well and changed nothing.
const noProgress = "Call was of no use"

// stuck is what a record is to remember of a call that went well and was of no use: whoever asks next would make the same call again. That
// is no failure of the vendor, but the next call waits as after one; nil: it was of use.
func (k *Keeper) stuck(a *attempt, record store.Record, c content) *store.Trouble {
	b := a.b
	b.Forced = false
	h := &held{record: record, sealed: c}
	if next, _ := k.decide(b, h); next.Do == Reuse {
		return nil
	}
	now, n := k.Now(), 1
	if a.held != nil {
		n += a.held.record.Trouble.Count
	}
	t := &store.Trouble{Class: string(sdk.Unsupported), At: now, NextTry: now.Add(backoff(n)), Count: n}
	switch {
	case b.Refused != "" && tokenIn(c.Value) == b.Refused:
		t.Class, t.Text = string(sdk.TokenDead), "The vendor gave the same token again, which was reported as refused."
	default:
		t.Text = fmt.Sprintf("The vendor gives credentials that live for %s, which is shorter than asked for.", record.ExpiresAt.Sub(record.IssuedAt))
	}
	if end := record.ExpiresAt; end.After(now) && end.Before(t.NextTry) {
		t.NextTry = end // One that has died may be replaced.
	}
	return t
}
