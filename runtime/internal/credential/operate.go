package credential

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/runtime/internal/limit"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// operate does what was decided: renews, and acquires where there is nothing to renew or the vendor says that it is dead.
func (k *Keeper) operate(ctx context.Context, b Block, id identity, h *held, d Decision) (valid, error) {
	if !b.Forced {
		if err := k.latched(ctx, b, id); err != nil {
			return valid{}, err
		}
	}
	if d.Do == Renew {
		v, err := k.run(ctx, b, id, h, sdk.OpRenew)
		if sdk.ClassOf(err) != sdk.TokenDead {
			return v, err
		}
	}
	return k.run(ctx, b, id, h, sdk.OpAcquire)
}

// run does one operation, with the tries that its retry settings and the vendor's limits allow.
func (k *Keeper) run(ctx context.Context, b Block, id identity, h *held, op sdk.Operation) (valid, error) {
	r := b.Retry
	if r.Attempts == 0 {
		r.Attempts = limit.DefaultAttempts(b.Schema.Limits, op)
	}
	for n := 1; ; n++ {
		v, err := k.try(ctx, b, id, h, op)
		if err == nil {
			return v, nil
		}
		delay, again := r.next(n, err)
		if !again {
			return valid{}, err
		}
		if b.Waiting != nil {
			b.Waiting(fmt.Sprintf("try %d of %d failed: %s", n, r.Attempts, failedOf(err).Text), k.Now().Add(delay))
		}
		if wait(ctx, delay) != nil {
			return valid{}, &Failed{Class: ClassCanceled, Text: "It was interrupted between two tries; the last one failed: " + failedOf(err).Text,
				Err: ctx.Err()}
		}
	}
}

// try runs the operation once and stores what came of it, whatever that is.
func (k *Keeper) try(ctx context.Context, b Block, id identity, h *held, op sdk.Operation) (valid, error) {
	plugin, err := b.Plugin(ctx)
	if err != nil {
		return valid{}, err
	}
	transport, err := b.Transport()
	if err != nil {
		return valid{}, err
	}
	calls, _ := b.Schema.Can(op)
	l := &ledger{keeper: k, interrupt: ctx, row: store.Exchange{Key: id.key, Address: b.Address, Operation: string(op), Process: k.Process}}
	chain := exchange.New(exchange.Options{Origins: b.Endpoints, Budget: calls, Timeout: b.Timeout, Recorder: l, Transport: transport,
		Now: k.Now, UserAgent: k.Agent})
	w := newWatch(ctx, chain)
	defer w.stop()
	result, err := plugin.Run(w.ctx, sdk.Run{Operation: op, Config: b.Config, Held: given(h), Transport: w, Now: k.Now,
		Learn: func(secret string) { k.Learn(secret) }})
	switch own := l.own(); {
	case err == nil:
		err = checked(op, result)
	case own != nil:
		// The plugin only repeats what we told it.
		err = own
	case context.Cause(w.ctx) != nil:
		err = context.Cause(w.ctx)
	}
	if err != nil {
		return valid{}, k.refused(ctx, l, id, err)
	}
	return k.keep(ctx, b, id, h, op, result, l, chain.LastSent())
}

// given is what a plugin gets of the held credential: always what it is to renew, and with an acquire the last one where there is one.
func given(h *held) *sdk.Held {
	if h == nil || h.record.Sealed == nil {
		return nil
	}
	return &sdk.Held{Value: h.sealed.Value, Private: h.sealed.Private, MadeBy: h.record.MadeBy}
}

// checked refuses a result that is no credential, which no plugin made with the SDK gives.
func checked(op sdk.Operation, r sdk.Result) error {
	switch {
	case r.Value == nil && op != sdk.OpRenew:
		return &Failed{Class: ClassPlugin, Text: "The plugin ended an acquire without a credential. This is a bug in the plugin."}
	case !r.Eternal && r.Life <= 0:
		return &Failed{Class: ClassPlugin, Text: "The plugin gave a credential that has no life left. This is a bug in the plugin."}
	}
	return nil
}

// refused stores how a try failed, and latches what must not be sent again. It returns why the try failed.
func (k *Keeper) refused(ctx context.Context, l *ledger, id identity, why error) error {
	class := outcomeOf(why)
	change := l.change(class, 0)
	if l.sent() {
		change.Latch = id.latchFor(class, k.Redact(failedOf(why).Text), k.Now())
	}
	if len(change.Outcomes)+len(change.Unsent) == 0 {
		return why
	}
	if err := k.commit(ctx, change); err != nil {
		// What cannot be recorded must not be repeated, so this is final: a Failed is not tried again.
		failed := *failedOf(why)
		failed.Text += " " + storeFailed("write this outcome to the store", err).Text
		failed.Err = errors.Join(why, err)
		return &failed
	}
	return why
}

// keep stores the credential that a try brought, together with the outcome of its exchanges.
func (k *Keeper) keep(ctx context.Context, b Block, id identity, h *held, op sdk.Operation, r sdk.Result, l *ledger, sent time.Time) (valid, error) {
	if sent.IsZero() {
		sent = k.Now()
	}
	c := content{Value: r.Value, Private: r.Private}
	generation := uint64(0)
	if h != nil {
		generation = h.record.Generation
	}
	expect := generation
	if r.Value == nil {
		c = h.sealed
	} else {
		generation++
	}
	k.learn(b.Schema.Credential, c)
	did := Acquire
	if op == sdk.OpRenew {
		did = Renew
	}
	for {
		record := store.Record{Key: id.key, Generation: generation, MadeBy: b.Schema.Version, IssuedAt: sent, Renewable: r.Renewable}
		if !r.Eternal {
			record.ExpiresAt = sent.Add(r.Life)
		}
		if r.RenewWithin > 0 {
			record.RenewUntil = sent.Add(r.RenewWithin)
		}
		if r.UsableAfter > 0 {
			record.UsableAt = k.Now().Add(r.UsableAfter)
		}
		var err error
		if record.Sealed, err = k.seal(c, id.key, generation); err != nil {
			return valid{}, storeFailed("seal the credential", err)
		}
		change := l.change("ok", generation)
		change.Put, change.Expect = &record, expect
		if b.Forced {
			change.Unlatch = []store.LatchRef{id.secrets, id.request}
		}
		if b.Flow != "" {
			change.Use = &store.Use{Flow: b.Flow, Address: b.Address, Key: id.key, At: k.Now()}
		}
		err = k.commit(ctx, change)
		if errors.Is(err, store.ErrConflict) {
			// Another process stored one meanwhile. Ours is the later one of the vendor's, so it goes over it.
			if expect, err = k.generation(ctx, id.key); err == nil {
				generation = expect + 1
				continue
			}
		}
		if err != nil {
			return valid{}, storeFailed("write the credential to the store", err)
		}
		v := Valid{Did: did, Value: c.Value, Generation: generation, ExpiresAt: record.ExpiresAt}
		return valid{Valid: v, usable: record.UsableAt}, nil
	}
}

// generation reads which generation the record of key has now; 0: there is none.
func (k *Keeper) generation(ctx context.Context, key store.Key) (uint64, error) {
	record, err := k.Store.Record(context.WithoutCancel(ctx), key)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return record.Generation, err
}

// commit writes a change even when the run was interrupted: what came from a vendor must not be lost.
func (k *Keeper) commit(ctx context.Context, c store.Change) error {
	return k.Store.Commit(context.WithoutCancel(ctx), c)
}
