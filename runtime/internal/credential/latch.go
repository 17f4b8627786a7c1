package credential

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// identity is who a block's credential belongs to, and what is latched when the vendor refuses it.
type identity struct {
	key     store.Key
	secrets store.LatchRef // the account with its secrets: invalid_credentials
	request store.LatchRef // all arguments: invalid_request
}

func (k *Keeper) latches(b Block, key store.Key) identity {
	return identity{
		key:     key,
		secrets: store.LatchRef{Vendor: key.Vendor, Scope: "secrets:" + k.Hasher.Secrets(key.Vendor, key.Account, b.Sensitive)},
		request: store.LatchRef{Vendor: key.Vendor, Scope: "request:" + k.Hasher.Fingerprint(key.Vendor, key.Account, b.arguments())},
	}
}

// latchFor is the latch that a failure of that class sets; nil: none.
func (id identity) latchFor(class, text string, at time.Time) *store.Latch {
	latch := &store.Latch{Vendor: id.key.Vendor, Class: class, Text: text, At: at}
	switch sdk.Class(class) {
	case sdk.InvalidCredentials:
		latch.Scope = id.secrets.Scope
	case sdk.InvalidRequest:
		latch.Scope = id.request.Scope
	default:
		return nil
	}
	return latch
}

// latched says why nothing may be sent, if these secrets or this request were refused before.
func (k *Keeper) latched(ctx context.Context, b Block, id identity) error {
	latch, err := k.latch(ctx, id)
	if err != nil || latch == nil {
		return err
	}
	return k.latchFailure(b, id, *latch)
}

// latch reads the latch that holds an identity back; nil: none does.
func (k *Keeper) latch(ctx context.Context, id identity) (*store.Latch, error) {
	for _, ref := range []store.LatchRef{id.secrets, id.request} {
		latch, err := k.Store.Latch(ctx, ref)
		if err == nil {
			return &latch, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, storeFailed("read the store", err)
		}
	}
	return nil, nil
}

func (k *Keeper) latchFailure(b Block, id identity, latch store.Latch) *Failed {
	what := "the same credentials"
	if latch.Scope == id.request.Scope {
		what = "the same request"
	}
	return &Failed{
		Class: latch.Class, Latched: true,
		Text:   fmt.Sprintf("Not sent: the vendor refused %s at %s: %s", what, latch.At.UTC().Format(time.RFC3339), latch.Text),
		Advice: fmt.Sprintf("Nothing is sent again until they change. If it was mended at the vendor, run with --force %s.", b.Address),
	}
}
