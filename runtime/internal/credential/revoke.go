package credential

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/internal/limit"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// Revoked is what became of a credential that was to be ended.
type Revoked struct {
	Nothing  bool      // there was none
	AtVendor bool      // the vendor ended it
	Text     string    // what the vendor or the plugin said; may be empty
	DiesAt   time.Time // where the vendor did not end it: when it dies by itself; zero: never
}

// Revoke ends the credential of b at the vendor where that can be done, and forgets it. Where the vendor failed the record is kept, and the
// error, a *Failed, says why.
func (k *Keeper) Revoke(ctx context.Context, b Block) (Revoked, error) {
	key, ok := k.find(b)
	if !ok {
		return Revoked{}, notKnown(b)
	}
	ctx, unlock, err := k.lock(ctx, key)
	if err != nil {
		return Revoked{}, err
	}
	defer unlock()
	h, err := k.read(ctx, key, b.Schema.Credential)
	if err != nil {
		return Revoked{}, err
	}
	if h == nil || h.record.Sealed == nil {
		return Revoked{Nothing: true}, nil
	}
	if _, can := b.Schema.Can(sdk.OpRevoke); !can || !alive(&h.record, k.Now()) {
		return Revoked{DiesAt: h.record.ExpiresAt}, k.forget(ctx, key, store.Change{})
	}
	if b.Config == nil {
		return Revoked{}, notKnown(b)
	}
	a := attempt{b: b, id: k.latches(b, key), held: h, op: sdk.OpRevoke, ask: limit.Ask{Operation: sdk.OpRevoke, Force: b.Forced}}
	r := b.Retry
	if r.Attempts == 0 {
		r.Attempts = limit.DefaultAttempts(b.Schema.Limits, sdk.OpRevoke)
	}
	for n := 1; ; n++ {
		result, l, _, err := k.perform(ctx, &a)
		if err == nil {
			ended := Revoked{AtVendor: !result.NotAtVendor, Text: k.Redact(result.Text)}
			if result.NotAtVendor {
				ended.DiesAt = h.record.ExpiresAt
			}
			return ended, k.forget(ctx, key, l.change("ok", h.record.Generation))
		}
		if sdk.ClassOf(err) == sdk.TokenDead {
			return Revoked{AtVendor: true, Text: "it was dead already"}, k.forget(ctx, key, store.Change{})
		}
		delay, again := r.next(n, err)
		if !again || k.wait(ctx, delay) != nil {
			return Revoked{}, failedOf(err)
		}
		a.last, a.ask.Retry = err, true
	}
}

// notKnown says that a credential cannot be ended because arguments of its block are not known.
func notKnown(b Block) *Failed {
	return &Failed{Class: ClassInvalidConfig, Text: "Not all arguments of the block are known, because they depend on credentials that are not stored.",
		Advice: fmt.Sprintf("Run apply with --target %s first.", b.Address)}
}

// forget deletes the record of key, together with what else a change says.
func (k *Keeper) forget(ctx context.Context, key store.Key, c store.Change) error {
	c.Forget = []store.Key{key}
	if err := k.commit(ctx, c); err != nil {
		return storeFailed("forget the credential", err)
	}
	return nil
}

// Import puts a credential under care that the user holds already, without a call. value is an object of its attributes, token included; a
// life of 0 means that it never expires.
func (k *Keeper) Import(ctx context.Context, b Block, value json.RawMessage, life time.Duration) (Valid, error) {
	key := k.keyOf(b)
	if tokenIn(value) == "" {
		return Valid{}, &Failed{Class: ClassInvalidConfig, Text: "There is no token to import."}
	}
	ctx, unlock, err := k.lock(ctx, key)
	if err != nil {
		return Valid{}, err
	}
	defer unlock()
	h, err := k.read(ctx, key, b.Schema.Credential)
	if err != nil {
		return Valid{}, err
	}
	now := k.Now()
	record := store.Record{Key: key, Generation: 1, MadeBy: b.Schema.Version, IssuedAt: now}
	change := store.Change{Put: &record}
	if h != nil {
		change.Expect = h.record.Generation
		record.Generation = h.record.Generation + 1
	}
	if life > 0 {
		record.ExpiresAt = now.Add(life)
	}
	change.Use = k.used(b, key)
	c := content{Value: whole(value, b.Schema.Credential)}
	k.learn(b.Schema.Credential, c)
	for {
		var by Sealing
		if record.Sealed, by, err = k.seal(c, key, record.Generation); err != nil {
			return Valid{}, storeFailed("seal the credential", err)
		}
		change.Given = by.Given
		err := k.commit(ctx, change)
		if err == nil {
			break
		}
		if again, err := k.resealed(ctx, by, err); !again {
			return Valid{}, storeFailed("write the credential to the store", err)
		}
	}
	return Valid{Did: Acquire, Reason: "it was imported", Value: c.Value, Generation: record.Generation, ExpiresAt: record.ExpiresAt}, nil
}
