package credential

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
)

// Sealing is how the values of a store are sealed at a time.
type Sealing struct {
	Ring  seal.Ring     // opens them
	Key   seal.Key      // seals new ones; it is in Ring
	Given []store.Given // what is so in the store as long as this holds: a sealed value is written only then

	times int // that the keys were read again before
}

// Keys are the keys of a store, which another process may change while this one works: then they are read again. They may be used by many
// goroutines.
type Keys struct {
	again func(ctx context.Context, was Sealing) (Sealing, error) // nil: they never change

	mu  sync.Mutex
	now Sealing
}

// NewKeys are keys that hold now. again reads what holds in the store's place; it is asked where a value does not open, and where the store does
// not take one. nil: they never change.
func NewKeys(now Sealing, again func(ctx context.Context, was Sealing) (Sealing, error)) *Keys {
	return &Keys{now: now, again: again}
}

// OneKey is a key that never changes.
func OneKey(key seal.Key) *Keys { return NewKeys(Sealing{Ring: seal.NewRing(key), Key: key}, nil) }

// current is what holds now, as far as is known.
func (k *Keys) current() Sealing {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// reread reads what holds in place of was, unless another goroutine has done so. It tells whether that is something else.
func (k *Keys) reread(ctx context.Context, was Sealing) (changed bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.now.times != was.times {
		return true, nil
	}
	if k.again == nil {
		return false, nil
	}
	now, err := k.again(ctx, k.now)
	if err != nil {
		return false, fmt.Errorf("the key was changed, and cannot be read again: %w", err)
	}
	same := slices.EqualFunc(now.Given, was.Given, func(a, b store.Given) bool { return a.Name == b.Name && bytes.Equal(a.Value, b.Value) })
	changed = !same || now.Ring.Names() != was.Ring.Names()
	now.times = was.times + 1
	k.now = now
	return changed, nil
}

// ready makes sure that what is sealed now will be taken by the store: after a vendor's call it is too late to find that the key at hand is one
// from before a rotation.
func (k *Keeper) ready(ctx context.Context) error {
	now := k.Keys.current()
	for _, g := range now.Given {
		value, err := k.Store.Value(ctx, g.Name)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return storeFailed("read the store", err)
		}
		if bytes.Equal(value, g.Value) {
			continue
		}
		if _, err := k.Keys.reread(ctx, now); err != nil {
			return storeFailed("seal credentials", err)
		}
		return nil
	}
	return nil
}

// resealed is asked when the store did not take what was sealed so. It tells whether it is worth sealing it again.
func (k *Keeper) resealed(ctx context.Context, was Sealing, refusal error) (again bool, err error) {
	if !errors.Is(refusal, store.ErrStale) {
		return false, refusal
	}
	changed, err := k.Keys.reread(context.WithoutCancel(ctx), was)
	if err == nil && !changed {
		err = refusal
	}
	return err == nil, err
}

// open opens the value of a record. Where that was sealed with a key which is not at hand the keys are read again, and the record, too: it may
// have been read before it was sealed anew. What comes back is the record that was opened.
func (k *Keeper) open(ctx context.Context, record store.Record) (store.Record, []byte, error) {
	for record.Sealed != nil {
		now := k.Keys.current()
		plain, err := now.Ring.Open(record.Sealed, bound(record.Key, record.Generation))
		if !errors.Is(err, seal.ErrWrongKey) {
			return record, plain, err
		}
		changed, failed := k.Keys.reread(ctx, now)
		if failed != nil {
			return record, nil, failed
		}
		before := seal.SealedBy(record.Sealed)
		if record, failed = k.Store.Record(ctx, record.Key); failed != nil {
			return record, nil, failed
		}
		if !changed && seal.SealedBy(record.Sealed) == before {
			return record, nil, fmt.Errorf("%w than those at hand: its key is %s, and at hand is %s", err, before, now.Ring.Names())
		}
	}
	return record, nil, nil
}
