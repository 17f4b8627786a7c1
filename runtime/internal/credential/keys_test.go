package credential

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
)

// rotated is a store whose key is changed by another process: the named value says which one holds.
type rotated struct {
	*site
	first, second seal.Key
	asked         int // that the keys were read again
	at            func() error
}

const keyName = "which-key"

func newRotated(t *testing.T) *rotated {
	r := &rotated{site: newSite(t)}
	for _, k := range []*seal.Key{&r.first, &r.second} {
		var err error
		if *k, err = seal.NewKey(rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.store.SetValue(t.Context(), keyName, []byte(r.first.Name())); err != nil {
		t.Fatal(err)
	}
	r.keeper.Keys = NewKeys(r.sealing(r.first), func(context.Context, Sealing) (Sealing, error) {
		r.asked++
		if r.at != nil {
			return Sealing{}, r.at()
		}
		return r.sealing(r.second), nil
	})
	return r
}

func (r *rotated) sealing(k seal.Key) Sealing {
	return Sealing{Ring: seal.NewRing(k, r.first), Key: k, Given: []store.Given{{Name: keyName, Value: []byte(k.Name())}}}
}

// rotate says that the second key holds, and seals nothing anew yet.
func (r *rotated) rotate() {
	r.t.Helper()
	if err := r.store.SwapValue(r.t.Context(), keyName, []byte(r.first.Name()), []byte(r.second.Name())); err != nil {
		r.t.Fatal(err)
	}
}

// sealedBy is the name of the key that sealed the one record.
func (r *rotated) sealedBy() string {
	r.t.Helper()
	records, err := r.store.Records(r.t.Context(), "", "")
	if err != nil || len(records) != 1 {
		r.t.Fatal(len(records), err)
	}
	return seal.SealedBy(records[0].Sealed)
}

// A key that was rotated before the call is read again before it.
func TestKeyRotatedBeforeTheCall(t *testing.T) {
	r := newRotated(t)
	r.rotate()
	r.ensure(r.block("s"))
	if r.sealedBy() != r.second.Name() || r.asked != 1 {
		t.Errorf("sealed by %s, want %s; asked %d times", r.sealedBy(), r.second.Name(), r.asked)
	}
	r.wantCalls(1)
}

// One that is rotated during the call loses nothing of what the call brings.
func TestKeyRotatedDuringTheCall(t *testing.T) {
	r := newRotated(t)
	r.answer = func(int) (int, string) { r.rotate(); return 200, "token" }
	if v := r.ensure(r.block("s")); tokenIn(v.Value) != "token" || r.sealedBy() != r.second.Name() || r.asked != 1 {
		t.Errorf("got %s, sealed by %s, want %s; asked %d times", v.Value, r.sealedBy(), r.second.Name(), r.asked)
	}
	r.wantCalls(1)
}

// Where the key that holds cannot be had no vendor is called for what could not be sealed, and what is stored is still read.
func TestNoKeyNoCall(t *testing.T) {
	r := newRotated(t)
	r.ensure(r.block("s"))
	r.rotate()
	r.at = func() error { return errFault }
	r.pass(56 * time.Minute) // it is to be renewed
	if v := r.ensure(r.block("s")); v.Did != Reuse || v.Class != ClassStore {
		t.Errorf("got %+v", v)
	}
	r.pass(5 * time.Minute)
	if failed := r.fails(r.block("s")); failed.Class != ClassStore || !errors.Is(failed, errFault) {
		t.Errorf("failed with %v", failed)
	}
	r.wantCalls(1)
}

// A value that was sealed anew after the keys were read opens, for everyone who reads at that moment, and the keys are read again once.
func TestValueSealedAnew(t *testing.T) {
	r := newRotated(t)
	r.ensure(r.block("s"))
	r.rotate()
	other := &Keeper{Store: r.store, Keys: NewKeys(r.sealing(r.second), nil), Rand: rand.Reader}
	if done, err := other.Reseal(t.Context()); err != nil || done != (Resealed{Done: 1}) {
		t.Fatal(done, err)
	}
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			if v, found, err := r.keeper.Peek(t.Context(), r.block("s")); err != nil || found != Alive || tokenIn(v.Value) != "token-1" {
				t.Errorf("found %v, %s, %v", found, v.Value, err)
			}
		})
	}
	readers.Wait()
	if r.asked != 1 {
		t.Errorf("the keys were read %d times", r.asked)
	}
}

// A value that no key opens is told of, and not asked for over and over.
func TestValueOfAnotherKey(t *testing.T) {
	r := newRotated(t)
	r.ensure(r.block("s"))
	stranger, err := seal.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r.keeper.Keys = OneKey(stranger)
	if failed := r.fails(r.block("s")); failed.Class != ClassStore || !errors.Is(failed, seal.ErrWrongKey) {
		t.Errorf("failed with %v", failed)
	}
	r.wantCalls(1)
}
