package credential

import (
	"bytes"
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
		if err := heldBack(h, k.Now(), b.Address); err != nil {
			return valid{}, err
		}
	}
	if err := k.check(ctx, b); err != nil {
		return valid{}, err
	}
	if d.Do == Renew {
		v, err := k.run(ctx, b, id, h, d, sdk.OpRenew)
		if sdk.ClassOf(err) != sdk.TokenDead {
			return v, err
		}
	}
	return k.run(ctx, b, id, h, d, sdk.OpAcquire)
}

// check asks the plugin what is wrong with the configuration that no rule can say, before the vendor is asked.
func (k *Keeper) check(ctx context.Context, b Block) error {
	if !b.Schema.Checks {
		return nil
	}
	plugin, err := b.Plugin(ctx)
	if err != nil {
		return err
	}
	problems, err := plugin.Check(ctx, b.Config)
	if err != nil {
		return err
	}
	for _, p := range problems {
		if !p.Warning {
			return &Failed{Class: ClassInvalidConfig, Text: p.Summary, Problems: problems}
		}
	}
	if len(problems) > 0 && b.Warn != nil {
		b.Warn(problems)
	}
	return nil
}

// run does one operation, with the tries that its retry settings and the vendor's limits allow.
func (k *Keeper) run(ctx context.Context, b Block, id identity, h *held, d Decision, op sdk.Operation) (valid, error) {
	rivals, err := k.rivals(ctx, b, id.key)
	if err != nil {
		return valid{}, err
	}
	if err := fight(b, h, rivals, k.Now()); err != nil {
		return valid{}, err
	}
	a := attempt{b: b, id: id, held: h, op: op, rivals: rivals,
		ask: limit.Ask{Operation: op, Early: d.Living && op == sdk.OpAcquire, Force: b.Forced}}
	r := b.Retry
	if r.Attempts == 0 {
		r.Attempts = limit.DefaultAttempts(b.Schema.Limits, op)
	}
	for n := 1; ; n++ {
		v, err := k.try(ctx, &a)
		if err == nil {
			return v, nil
		}
		delay, again := r.next(n, err)
		if a.ask.Retry && ours(err) {
			// A limit that refuses the next try says nothing new: what the vendor said last is why it failed.
			return valid{}, a.last
		}
		if !again {
			return valid{}, err
		}
		a.last, a.ask.Retry = err, true
		if b.Waiting != nil {
			b.Waiting(fmt.Sprintf("try %d of %d failed: %s", n, r.Attempts, failedOf(err).Text), k.Now().Add(delay))
		}
		if k.wait(ctx, delay) != nil {
			return valid{}, &Failed{Class: ClassCanceled, Text: "It was interrupted between two tries; the last one failed: " + failedOf(err).Text,
				Err: ctx.Err()}
		}
	}
}

// attempt is an operation that is tried, once or several times.
type attempt struct {
	b      Block
	id     identity
	held   *held          // what is stored; nil: nothing
	rivals []store.Record // living credentials of the account that it may kill
	op     sdk.Operation
	ask    limit.Ask
	last   error // of the try before
}

// ours tells whether err is our own refusal: a limit, a latch, the store, an interrupt.
func ours(err error) bool {
	var failed *Failed
	return errors.As(err, &failed)
}

// try runs the operation once and stores what came of it, whatever that is.
func (k *Keeper) try(ctx context.Context, a *attempt) (valid, error) {
	result, l, sent, err := k.perform(ctx, a)
	if err != nil {
		return valid{}, err
	}
	return k.keep(ctx, a, result, l, sent)
}

// perform runs the operation once. A failure is stored here; what to store of a result is the caller's. sent is when the last request left.
func (k *Keeper) perform(ctx context.Context, a *attempt) (r sdk.Result, l *ledger, sent time.Time, err error) {
	plugin, err := a.b.Plugin(ctx)
	if err != nil {
		return r, nil, sent, err
	}
	transport, err := a.b.Transport()
	if err != nil {
		return r, nil, sent, err
	}
	calls, _ := a.b.Schema.Can(a.op)
	l = &ledger{keeper: k, interrupt: ctx, waiting: a.b.Waiting, allow: a.b.Allow,
		gate: gate{limits: a.b.limits(), ask: a.ask, now: k.Now},
		row:  store.Exchange{Key: a.id.key, Address: a.b.Address, Operation: string(a.op), Process: k.Process, Scopes: k.scopes(a.b, a.op)}}
	chain := exchange.New(exchange.Options{Origins: a.b.Endpoints, Budget: calls, Timeout: a.b.Timeout, Recorder: l, Transport: transport,
		Now: k.Now, UserAgent: k.Agent, Tracer: tracer{k, a}})
	w := newWatch(ctx, chain)
	defer w.stop()
	r, err = plugin.Run(w.ctx, sdk.Run{Operation: a.op, Config: a.b.Config, Held: given(a.held), Transport: w, Now: k.Now,
		Learn: func(secret string) { k.Learn(secret) }})
	a.ask.Sent = a.ask.Sent || l.sent()
	switch own := l.own(); {
	case err == nil:
		err = checked(a.op, r)
	case own != nil:
		// The plugin only repeats what we told it.
		err = own
	case context.Cause(w.ctx) != nil:
		err = context.Cause(w.ctx)
	}
	if err != nil {
		return r, l, sent, k.refused(ctx, a, l, err)
	}
	return r, l, chain.LastSent(), nil
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
	case op == sdk.OpRevoke:
		return nil
	case r.Value == nil && op != sdk.OpRenew:
		return &Failed{Class: ClassPlugin, Text: "The plugin ended an acquire without a credential. This is a bug in the plugin."}
	case !r.Eternal && r.Life <= 0:
		return &Failed{Class: ClassPlugin, Text: "The plugin gave a credential that has no life left. This is a bug in the plugin."}
	}
	return nil
}

// refused stores how a try failed, when the next one is allowed, and latches what must not be sent again. It returns why the try failed.
func (k *Keeper) refused(ctx context.Context, a *attempt, l *ledger, why error) error {
	failed := *failedOf(why)
	failed.Text = k.Redact(failed.Text)
	now := k.Now()
	change := l.change(failed.Class, 0)
	// That a credential could not be ended is no reason not to get one.
	if l.sent() && a.op != sdk.OpRevoke {
		change.Latch = a.id.latchFor(failed.Class, failed.Text, now)
	}
	if t := a.trouble(&failed, why, now); t != nil {
		record := store.Record{Key: a.id.key}
		if a.held != nil {
			record = a.held.record
			a.held.record.Trouble = *t
		}
		record.Trouble = *t
		change.Put, change.Expect = &record, record.Generation
	}
	if len(change.Outcomes)+len(change.Unsent) == 0 && change.Put == nil {
		return why
	}
	err := k.commit(ctx, change)
	if errors.Is(err, store.ErrConflict) {
		// Another process stored something newer; what failed here is no trouble of that.
		change.Put = nil
		err = k.commit(ctx, change)
	}
	if err != nil {
		// What cannot be recorded must not be repeated, so this is final: a Failed is not tried again.
		failed.Text += " " + storeFailed("write this outcome to the store", err).Text
		failed.Err = errors.Join(why, err)
		return &failed
	}
	return why
}

// trouble is what the record is to remember of a failed try; nil: nothing, as of what is our own refusal.
func (a *attempt) trouble(failed *Failed, why error, now time.Time) *store.Trouble {
	if ours(why) || a.op == sdk.OpRevoke {
		return nil
	}
	n := 1
	if a.held != nil {
		n += a.held.record.Trouble.Count
		if a.last != nil && a.held.record.Trouble.Count > 0 {
			n-- // the tries of one run are one failure
		}
	}
	var vendor *sdk.Failure
	var retryAfter time.Duration
	if errors.As(why, &vendor) {
		retryAfter = vendor.RetryAfter
	}
	return trouble(failed, n, retryAfter, now)
}

// keep stores the credential that a try brought, together with the outcome of its exchanges.
func (k *Keeper) keep(ctx context.Context, a *attempt, r sdk.Result, l *ledger, sent time.Time) (valid, error) {
	if sent.IsZero() {
		sent = k.Now()
	}
	c := content{Value: r.Value, Private: r.Private}
	var generation uint64
	if a.held != nil {
		generation = a.held.record.Generation
	}
	expect := generation
	switch {
	case r.Value == nil:
		c = a.held.sealed
	case a.held == nil || !bytes.Equal(r.Value, a.held.sealed.Value):
		generation++ // the same value again is none that a consumer has to know of
	}
	k.learn(a.b.Schema.Credential, c)
	for {
		record := a.record(r, sent, k.Now())
		record.Generation = generation
		var err error
		if record.Sealed, err = k.seal(c, a.id.key, generation); err != nil {
			return valid{}, storeFailed("seal the credential", err)
		}
		change := l.change("ok", generation)
		change.Put, change.Expect = &record, expect
		for _, rival := range a.rivals {
			change.Retire = append(change.Retire, rival.Key)
		}
		change.RetireAt = sent.Add(a.b.Schema.Token.Overlap)
		if a.b.Forced {
			change.Unlatch = []store.LatchRef{a.id.secrets, a.id.request}
		}
		change.Use = k.used(a.b, a.id.key)
		err = k.commit(ctx, change)
		if errors.Is(err, store.ErrConflict) {
			// Somebody stored one without the account's lock. Ours is the later one of the vendor's, so it goes over it.
			if expect, err = k.generation(ctx, a.id.key); err == nil {
				generation = expect + 1
				continue
			}
		}
		if err != nil {
			return valid{}, lost(storeFailed("write the credential to the store", err))
		}
		v := Valid{Did: Acquire, Value: c.Value, Generation: generation, ExpiresAt: record.ExpiresAt}
		if a.op == sdk.OpRenew {
			v.Did = Renew
		}
		if len(a.rivals) > 0 {
			v.Warning = fights
		}
		return valid{Valid: v, usable: record.UsableAt}, nil
	}
}

// lost says of a failure of the store that it came after the call.
func lost(f *Failed) *Failed {
	f.Advice = "The vendor was called, and that counts; the credential that it gave is lost. Mend the store and run it again."
	return f
}

// tracer hands on what is seen of the exchanges of an attempt.
type tracer struct {
	k *Keeper
	a *attempt
}

// Trace is called once for each exchange that was tried.
func (t tracer) Trace(seen exchange.Trace) {
	if t.k.Trace != nil {
		t.k.Trace(t.a.b.Address, t.a.op, seen)
	}
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
