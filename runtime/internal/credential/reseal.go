package credential

import (
	"context"
	"errors"
	"fmt"

	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
)

// Resealed is what became of the values of a store that was sealed anew.
type Resealed struct {
	Done   int // values that are sealed with the present key now, and were not before
	Closed int // values that no key at hand opens; they stay as they are
}

// Reseal seals every value of the store with the key that holds now. It can be broken off at any time, and done again. Each is done under its
// account's lock, so that nothing is lost which another process writes meanwhile: that waits, or it is waited for. The store is one whose
// records come back as they were written.
func (k *Keeper) Reseal(ctx context.Context) (Resealed, error) {
	var done Resealed
	for {
		others, err := k.sealedOtherwise(ctx)
		if err != nil {
			return done, err
		}
		progress, closed := false, 0
		for _, r := range others {
			if err := ctx.Err(); err != nil {
				return done, canceled(err)
			}
			resealed, err := k.resealOne(ctx, r.Key)
			switch {
			case errors.Is(err, seal.ErrWrongKey) || errors.Is(err, seal.ErrDamaged):
				closed++
			case err != nil:
				return done, err
			case resealed:
				done.Done++
				progress = true
			}
		}
		if !progress {
			done.Closed = closed
			return done, nil
		}
	}
}

// sealedOtherwise are the records whose value the present key did not seal.
func (k *Keeper) sealedOtherwise(ctx context.Context) ([]store.Record, error) {
	records, err := k.Store.Records(ctx, "", "")
	if err != nil {
		return nil, storeFailed("read the store", err)
	}
	var others []store.Record
	now := k.Keys.current()
	for _, r := range records {
		if r.Sealed != nil && !now.Key.Sealed(r.Sealed) {
			others = append(others, r)
		}
	}
	return others, nil
}

// resealOne seals one value anew, and tells whether that was still to be done.
func (k *Keeper) resealOne(ctx context.Context, key store.Key) (resealed bool, err error) {
	ctx, unlock, err := k.lock(ctx, key)
	if err != nil {
		return false, err
	}
	defer unlock()
	record, err := k.Store.Record(ctx, key)
	now := k.Keys.current()
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, storeFailed("read the store", err)
	case record.Sealed == nil || now.Key.Sealed(record.Sealed):
		return false, nil
	}
	plain, err := now.Ring.Open(record.Sealed, bound(key, record.Generation))
	if err != nil {
		return false, err
	}
	if record.Sealed, err = now.Key.Seal(k.Rand, plain, bound(key, record.Generation)); err != nil {
		return false, storeFailed("seal a credential anew", err)
	}
	err = k.Store.Commit(ctx, store.Change{Put: &record, Expect: record.Generation, Given: now.Given})
	switch {
	case errors.Is(err, store.ErrConflict):
		return false, nil // Somebody stored one without the account's lock, and sealed it with the present key.
	case errors.Is(err, store.ErrStale):
		return false, storeFailed("seal a credential anew", fmt.Errorf("%w: another rotation is under way; run this one again", err))
	case err != nil:
		return false, storeFailed("seal a credential anew", err)
	}
	return true, nil
}

// SealedOtherwise is how many values [Keeper.Reseal] would seal anew.
func (k *Keeper) SealedOtherwise(ctx context.Context) (int, error) {
	others, err := k.sealedOtherwise(ctx)
	ring, open := k.Keys.current().Ring, 0
	for _, r := range others {
		if _, err := ring.Open(r.Sealed, bound(r.Key, r.Generation)); err == nil {
			open++
		}
	}
	return open, err
}
