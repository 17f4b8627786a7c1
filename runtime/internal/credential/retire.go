package credential

import (
	"context"
	"fmt"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// rivals are the living credentials of the same account that were made with other arguments, at a vendor where a second acquire may kill the
// first token.
func (k *Keeper) rivals(ctx context.Context, b Block, key store.Key) ([]store.Record, error) {
	if b.Schema.Token.Second == sdk.KeepsFirst {
		return nil, nil
	}
	records, err := k.Store.Records(ctx, key.Vendor, key.Account)
	if err != nil {
		return nil, storeFailed("read the store", err)
	}
	var living []store.Record
	for _, r := range records {
		if r.Key != key && r.Sealed != nil && r.RetiredAt.IsZero() && alive(&r, k.Now()) {
			living = append(living, r)
		}
	}
	return living, nil
}

// taken tells whether another configuration of the account took the value of h away while it lived.
func taken(h *held, now time.Time) bool {
	return h != nil && !h.record.RetiredAt.IsZero() && (h.record.ExpiresAt.IsZero() || now.Before(h.record.ExpiresAt))
}

// switches is how often the account went back to a configuration that it was taken from, this time included, within the lives of its
// tokens.
func switches(h *held, rivals []store.Record, now time.Time) int {
	if !taken(h, now) {
		return 0
	}
	most := h.record.Switches
	for _, r := range rivals {
		most = max(most, r.Switches)
	}
	return most + 1
}

// fight refuses to take an account back and forth between configurations that kill each other's token: once may be a mistake that was put
// right, twice are two flows.
func fight(b Block, h *held, rivals []store.Record, now time.Time) error {
	if b.Forced || len(rivals) == 0 || switches(h, rivals, now) < 2 {
		return nil
	}
	return &Failed{
		Class: ClassInvalidConfig,
		Text: "Not sent: two flows use this account with different arguments, and each acquire kills the other's token. It went back and forth " +
			"already.",
		Advice: fmt.Sprintf("Use the same arguments in all flows of the account, or run with --force %s to take it over.", b.Address),
	}
}

// fights is the warning that another configuration of the account loses its token.
const fights = "This account is used with other arguments, too. The vendor may have ended the other token, so that one is not used any more; " +
	"use the same arguments in all flows of the account."
