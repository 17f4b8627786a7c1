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
func (k *Keeper) operate(ctx context.Context, b Block, id identity, h *held, d Decision, u unfinished) (valid, error) {
	if !b.Forced {
		if err := k.latched(ctx, b, id); err != nil {
			return valid{}, err
		}
		if err := heldBack(h, k.Now(), b.Address); err != nil {
			return valid{}, err
		}
		if err := u.heldBack(k.Now(), b.Address); err != nil {
			return valid{}, err
		}
	}
	if err := k.check(ctx, b); err != nil {
		return valid{}, k.refused(ctx, &attempt{b: b, id: id, held: h, op: d.operation()}, &ledger{}, err)
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
		if a.spent {
			// The pair may be used up, so it is not sent a second time.
			a.op, a.spent = sdk.OpAcquire, false
			a.ask.Operation, a.ask.Early = a.op, d.Living
		}
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
	spent  bool  // it was a renewal, and the vendor may have renewed: what is held is not to be sent for that again
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
		return r, nil, sent, k.refused(ctx, a, &ledger{}, err)
	}
	transport, err := a.b.Transport()
	if err != nil {
		return r, nil, sent, err
	}
	calls, _ := a.b.Schema.Can(a.op)
	ask := a.ask
	ask.More = max(0, calls-1)
	l = &ledger{keeper: k, interrupt: ctx, waiting: a.b.Waiting, allow: a.b.Allow,
		gate: gate{limits: a.b.Schema.Limits, ask: ask, now: k.Now},
		row:  store.Exchange{Key: a.id.key, Address: a.b.Address, Operation: string(a.op), Process: k.Process, Scopes: k.scopes(a.b, a.op)}}
	if a.op == sdk.OpRenew {
		l.until = a.held.record.ExpiresAt
	}
	chain := exchange.New(exchange.Options{Origins: a.b.Endpoints, Budget: calls, Timeout: a.b.Timeout, Recorder: l, Transport: transport,
		Now: k.Now, UserAgent: k.Agent, Tracer: tracer{k, a}})
	tale := k.tale(a, chain)
	w := newWatch(ctx, tale.next)
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
	tale.tell(r, err)
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
	a.spent = a.op == sdk.OpRenew && !a.b.Schema.Token.Sliding && l.mayHaveRenewed()
	// That a credential could not be ended is no reason not to get one.
	if l.sent() && a.op != sdk.OpRevoke {
		change.Latch = a.id.latchFor(failed.Class, failed.Text, now)
	}
	if record, news := a.remembered(&failed, l.own() != nil, why, now); news {
		change.Put, change.Expect = &record, record.Generation
		if a.b.Used == nil {
			change.Use = k.used(a.b, a.id.key) // so that the next run knows that it may have nothing to do
		}
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

// remembered is the record with what it is to remember of a failed try, and whether that is anything. Our own refusals and a revoke leave
// nothing; neither does a dead token that was to be renewed, but that it is not renewed again: it is acquired at once.
func (a *attempt) remembered(failed *Failed, own bool, why error, now time.Time) (record store.Record, news bool) {
	record = store.Record{Key: a.id.key}
	if a.held != nil {
		record = a.held.record
	}
	switch {
	case own || a.op == sdk.OpRevoke:
		return record, false
	case a.op == sdk.OpRenew && failed.Class == string(sdk.TokenDead):
		record.Renewable = false
	default:
		t := a.trouble(failed, why, now)
		if t == nil {
			return record, false
		}
		record.Trouble = *t
	}
	if a.held != nil {
		a.held.record = record
	}
	return record, true
}

// trouble is what the record is to remember of a failed try; nil: nothing.
func (a *attempt) trouble(failed *Failed, why error, now time.Time) *store.Trouble {
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
	t := trouble(failed, n, retryAfter, now)
	if t == nil || a.held == nil || retryAfter > 0 {
		return t
	}
	// A try that was forced, and failed in another way, does not take back what the vendor said before.
	if before := a.held.record.Trouble; before.NextTry.After(t.NextTry) && !now.Before(before.At) {
		t.NextTry = before.NextTry
	}
	return t
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

// commit writes a change even when the run was interrupted: what came from a vendor must not be lost.
func (k *Keeper) commit(ctx context.Context, c store.Change) error {
	return k.Store.Commit(context.WithoutCancel(ctx), c)
}
