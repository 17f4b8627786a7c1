package credential

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// Keeper makes credentials valid and keeps what it knows of them in a store. Its fields are set once, before the first call; Ensure may
// then be called from many goroutines.
type Keeper struct {
	Store   store.Store
	Keys    *Keys       // seal values
	Hasher  seal.Hasher // hashes accounts and arguments
	Now     func() time.Time
	Rand    io.Reader
	Learn   func(secrets ...string)  // told every secret that is read or got, so that it is redacted
	Redact  func(text string) string // hides them in text that is stored
	Process string                   // this process, for the ledger: "host pid"
	Agent   string                   // User-Agent of exchanges
	// Sleep waits for so long by the clock of Now, or until ctx ends; then its error is the context's. nil: by the system's clock.
	Sleep func(ctx context.Context, d time.Duration) error

	// Trace is told of each exchange of a block; nil: nobody is.
	Trace func(address string, op sdk.Operation, t exchange.Trace)

	accounts locks
	calls    counter
}

// Calls is the number of exchanges so far that left, or may have left, this host.
func (k *Keeper) Calls() int { return k.calls.value() }

// Ensure makes the credential of b valid. Its error is a *Failed. When ctx ends nothing new is sent; what is under way is finished and
// stored.
//
// What lives is reused without a lock. Whoever has to call the vendor holds the lock of the account, across processes, from reading the
// store again until what came of the call is stored: others wait for that, and then find it.
func (k *Keeper) Ensure(ctx context.Context, b Block) (Valid, error) {
	key, asked := k.keyOf(b), k.Now()
	held, err := k.read(ctx, key, b.Schema.Credential)
	if err != nil {
		return Valid{}, err
	}
	decision, warning := k.decide(b, held)
	if decision.Do != Reuse && b.Offline {
		return k.fallBack(held, decision, offline(decision))
	}
	if decision.Do != Reuse {
		locked, unlock, err := k.lock(ctx, key)
		if err != nil {
			return k.fallBack(held, decision, err)
		}
		defer unlock()
		ctx = locked
		if held, err = k.read(ctx, key, b.Schema.Credential); err != nil {
			return Valid{}, err
		}
		if b.Forced, err = k.stillForced(ctx, b, key, held, asked); err != nil {
			return k.fallBack(held, decision, err)
		}
		if decision, warning = k.decide(b, held); decision.Do != Reuse {
			return k.make(ctx, b, key, held, decision)
		}
	}
	if err := k.use(ctx, b, key); err != nil {
		return Valid{}, err
	}
	v := reused(held, decision.Reason)
	v.Warning = warning
	return v.Valid, k.settle(ctx, b, held.record.UsableAt)
}

// stillForced tells whether a forced call is still to be made by somebody who asked for it at that time and then waited for the account's
// lock: not where another made it meanwhile. Ten who force one refused password at once would be ten refusals.
func (k *Keeper) stillForced(ctx context.Context, b Block, key store.Key, h *held, asked time.Time) (bool, error) {
	if !b.Forced || h != nil && (h.record.IssuedAt.After(asked) || h.record.Trouble.At.After(asked)) {
		return false, nil
	}
	latch, err := k.latch(ctx, k.latches(b, key))
	return latch == nil || !latch.At.After(asked), err
}

// make renews or acquires.
func (k *Keeper) make(ctx context.Context, b Block, key store.Key, h *held, d Decision) (Valid, error) {
	u, err := k.unfinished(ctx, b, key, d)
	if err != nil {
		return k.fallBack(h, d, err)
	}
	if err := k.ready(ctx); err != nil {
		return k.fallBack(h, d, err)
	}
	d = u.instead(b, d)
	v, err := k.operate(ctx, b, k.latches(b, key), h, d, u)
	if err != nil {
		return k.fallBack(h, d, err)
	}
	v.Reason = d.Reason
	return v.Valid, k.settle(ctx, b, v.usable)
}

// fallBack makes a failure a warning where the stored value lives: there is a value to go on with.
func (k *Keeper) fallBack(h *held, d Decision, err error) (Valid, error) {
	failed := failedOf(err)
	var vendor *sdk.Failure
	if failed.Until.IsZero() && errors.As(err, &vendor) && vendor.RetryAfter > 0 {
		failed.Until = k.Now().Add(vendor.RetryAfter)
	}
	interrupted := failed.Class == ClassCanceled && failed.Err != nil // A call that was not allowed has no cause.
	if !d.Living || interrupted || failed.Class == ClassInvalidConfig {
		return Valid{}, failed
	}
	v := reused(h, "the stored one still lives").Valid
	v.Warning, v.Class, v.Summary = failed.Text, failed.Class, failed.Summary
	next := failed.Until
	if next.IsZero() {
		next = h.record.Trouble.NextTry
	}
	if !failed.Held && next.After(k.Now()) {
		v.Warning += " It is tried again from " + next.UTC().Format(time.RFC3339) + "."
	}
	return v, nil
}

// Found is what [Keeper.Peek] found.
type Found int

// What can be found.
const (
	Nothing Found = iota // nothing is stored for these arguments
	Dead                 // what is stored has expired
	Alive                // what is stored lives
)

// Peek reads the credential of b, without doing anything about it. Where arguments of b are not known it is the one that the address used
// last, if those that are known have not changed.
func (k *Keeper) Peek(ctx context.Context, b Block) (Valid, Found, error) {
	key, ok := k.find(b)
	if !ok {
		return Valid{}, Nothing, nil
	}
	held, err := k.read(ctx, key, b.Schema.Credential)
	switch {
	case err != nil:
		return Valid{}, Nothing, err
	case held == nil || held.record.Sealed == nil:
		return Valid{}, Nothing, nil
	case !alive(&held.record, k.Now()):
		return Valid{}, Dead, nil
	}
	return reused(held, "the stored one lives").Valid, Alive, nil
}

// keyOf is whose credential that of b is, as the store sees it.
func (k *Keeper) keyOf(b Block) store.Key {
	account := k.Hasher.Account(b.Schema.Vendor, b.Account)
	return store.Key{Vendor: b.Schema.Vendor, Account: account, Fingerprint: k.Hasher.Fingerprint(b.Schema.Vendor, account, b.Set)}
}

// jitter is a number in [0, 1) that is the same for an account as long as the store lives, and tells nothing of it: account is a keyed hash.
func jitter(account string) float64 {
	n, err := strconv.ParseUint(account[:min(len(account), 8)], 16, 32)
	if err != nil {
		return 0
	}
	return float64(n) / (1 << 32)
}

// decide applies the table of a credential's life, and says what is odd about the flow's own wishes.
func (k *Keeper) decide(b Block, held *held) (Decision, string) {
	facts := Facts{Now: k.Now(), Token: b.Schema.Token, MinLife: b.MinLife, Forced: b.Forced}
	_, facts.Renews = b.Schema.Can(sdk.OpRenew)
	warning := ""
	if held != nil {
		facts.Record = &held.record
		facts.Missing = b.missing(held)
		facts.Refused = b.Refused != "" && tokenIn(held.sealed.Value) == b.Refused
		if !held.record.ExpiresAt.IsZero() {
			life := held.record.ExpiresAt.Sub(held.record.IssuedAt)
			explicit := b.RenewBefore.of(life)
			var reasonable bool
			facts.Window, reasonable = Window(life, explicit, jitter(held.record.Key.Account))
			if !reasonable {
				warning = fmt.Sprintf("renew_before is %s, which is no shorter than the credential's life of %s; the default holds instead.",
					explicit.Round(time.Second), life.Round(time.Second))
			}
		}
	}
	return Decide(facts), warning
}

// use remembers which record the address used, where that is news: a run that changes nothing writes nothing.
func (k *Keeper) use(ctx context.Context, b Block, key store.Key) error {
	use := k.used(b, key)
	if use == nil {
		return nil
	}
	err := k.Store.Commit(ctx, store.Change{Use: use})
	// A store that cannot be written, now or ever, still serves what lives.
	if err != nil && !errors.Is(err, store.ErrReadOnly) && !errors.Is(err, store.ErrFull) && !errors.Is(err, store.ErrBusy) {
		return storeFailed("write to the store", err)
	}
	return nil
}

// settle waits until a credential may be handed out.
func (k *Keeper) settle(ctx context.Context, b Block, usable time.Time) error {
	left := usable.Sub(k.Now())
	if usable.IsZero() || left <= 0 {
		return nil
	}
	if b.Waiting != nil {
		b.Waiting("the vendor accepts the token only then", usable)
	}
	if err := k.wait(ctx, left); err != nil {
		return canceled(err)
	}
	return nil
}

// wait sleeps for d, or until ctx ends.
func (k *Keeper) wait(ctx context.Context, d time.Duration) error {
	if k.Sleep != nil {
		return k.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
