package credential

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime/internal/limit"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// What is found beside what can be done.
const (
	Blocked Do = "blocked" // nothing may be sent and nothing stored lives: Ensure would fail
	Unknown Do = "unknown" // arguments are not known, and nothing tells which record is the block's
)

// Look is what is known of a block's credential, and what Ensure would do now. Nothing is locked, written or sent for it.
type Look struct {
	Do     Do
	Reason string    // why, in words for a person
	Calls  int       // exchanges that it would make at most
	Class  string    // with Blocked: the class of failure
	Limit  string    // with Class: name of the limit that says so; empty: none does
	Until  time.Time // with Blocked: when it is possible; zero: when something changes

	Warning string // with Reuse: what Ensure would warn of

	Key        store.Key // of its record
	Stored     bool
	Alive      bool
	Generation uint64
	MadeBy     string // version of the plugin
	IssuedAt   time.Time
	ExpiresAt  time.Time // zero: never
	RetiredAt  time.Time // when another configuration of the account ends it, or has; zero: none does
	RenewAt    time.Time // when its renewal window begins; zero: never
	RenewRule  string    // which rule set that
	Renewable  bool
	Trouble    store.Trouble
	Latch      *store.Latch // what holds it back until something changes; nil: nothing
	Limits     []LimitState // in the order in which they are declared
}

// Look looks at the credential of b. Its error is a *Failed.
func (k *Keeper) Look(ctx context.Context, b Block) (Look, error) {
	look, err := k.Glance(ctx, b)
	if err == nil && look.Do != Unknown {
		err = k.limits(ctx, b, &look)
	}
	if err != nil {
		return Look{}, failedOf(err)
	}
	return look, nil
}

// Glance is Look without the state of the limits, which is read from the whole ledger.
func (k *Keeper) Glance(ctx context.Context, b Block) (Look, error) {
	key, ok := k.find(b)
	if !ok {
		return Look{Do: Unknown, Reason: "these of its arguments are not known: " + strings.Join(b.Unknown, ", "), Calls: b.calls(sdk.OpAcquire)}, nil
	}
	h, err := k.read(ctx, key, b.Schema.Credential)
	if err != nil {
		return Look{}, err
	}
	d, odd := k.decide(b, h)
	look := Look{Do: d.Do, Reason: d.Reason, Key: key, Warning: odd}
	if h != nil {
		look.stored(h, b, k.Now())
	}
	id := k.latches(b, key)
	if look.Latch, err = k.latch(ctx, id); err != nil {
		return Look{}, err
	}
	if d.Do == Reuse {
		return look, nil
	}
	u, err := k.unfinished(ctx, b, key, d)
	if err != nil {
		return Look{}, err
	}
	d = u.instead(b, d)
	look.Do, look.Reason, look.Calls = d.Do, d.Reason, b.calls(d.operation())
	return look, k.forbidden(ctx, b, id, h, d, u, &look)
}

// calls is how many exchanges an operation makes at most.
func (b Block) calls(op sdk.Operation) int {
	n, _ := b.Schema.Can(op)
	return n
}

// stored says what a record says.
func (l *Look) stored(h *held, b Block, now time.Time) {
	r := h.record
	l.Trouble = r.Trouble
	if r.Sealed == nil {
		return
	}
	l.Stored, l.Alive, l.Generation, l.MadeBy = true, alive(&r, now), r.Generation, r.MadeBy
	l.IssuedAt, l.ExpiresAt, l.RetiredAt, l.Renewable = r.IssuedAt, r.ExpiresAt, r.RetiredAt, r.Renewable
	if r.ExpiresAt.IsZero() {
		l.RenewRule = "it never expires"
		return
	}
	life := r.ExpiresAt.Sub(r.IssuedAt)
	explicit := b.RenewBefore.of(life)
	window, reasonable := Window(life, explicit, jitter(r.Key.Account))
	l.RenewAt = r.ExpiresAt.Add(-window)
	if b.Schema.Token.Second == sdk.SameToken && !r.Renewable && b.Schema.Token.FreshWithin < window {
		l.RenewAt = r.ExpiresAt.Add(-b.Schema.Token.FreshWithin)
		l.RenewRule = "the vendor gives the same token until its last " + lasting(b.Schema.Token.FreshWithin)
		return
	}
	switch {
	case explicit > 0 && reasonable && b.RenewBefore.Percent > 0:
		l.RenewRule = fmt.Sprintf("renew_before = \"%v%%\" of its life of %s", b.RenewBefore.Percent, lasting(life))
	case explicit > 0 && reasonable:
		l.RenewRule = fmt.Sprintf("renew_before = %q", lasting(explicit))
	default:
		l.RenewRule = fmt.Sprintf("a tenth of its life of %s, at most a day, and up to a tenth of that earlier", lasting(life))
	}
}

// forbidden says in look what stands against the operation.
func (k *Keeper) forbidden(ctx context.Context, b Block, id identity, h *held, d Decision, u unfinished, look *Look) error {
	op := d.operation()
	why := heldBack(h, k.Now(), b.Address)
	if why == nil {
		why = u.heldBack(k.Now(), b.Address)
	}
	if look.Latch != nil {
		why = k.latchFailure(b, id, *look.Latch)
	}
	if b.Forced {
		why = nil
	}
	rivals, err := k.rivals(ctx, b, id.key)
	if err != nil {
		return err
	}
	if why == nil {
		why = fight(b, h, rivals, k.Now())
	}
	if why == nil {
		counted, err := k.counted(ctx, b, op)
		if err != nil {
			return failedOf(err)
		}
		ask := limit.Ask{Now: k.Now(), Operation: op, Early: d.Living && op == sdk.OpAcquire, Force: b.Forced}
		verdict, err := limit.Judge(ask, counted)
		switch {
		case err != nil:
			return failedOf(err)
		case verdict.Answer == limit.Wait:
			look.Reason += fmt.Sprintf(", in %s", verdict.Wait.Round(time.Second))
		case verdict.Answer == limit.Refuse:
			why = &Failed{Class: string(verdict.Class), Text: verdict.Reason, Until: verdict.Until, Limit: verdict.Limit}
		}
	}
	var failed *Failed
	if !errors.As(why, &failed) {
		return nil
	}
	look.Calls, look.Until, look.Class, look.Limit = 0, failed.Until, failed.Class, failed.Limit
	look.Do, look.Reason = Blocked, k.Redact(failed.Text)
	if d.Living && !b.Forced {
		look.Warning = look.Reason
		look.Do, look.Reason = Reuse, "the stored one still lives; "+look.Reason
	}
	return nil
}
