package runtime

import (
	"context"
	"errors"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/store"
)

// Stored looks at all credentials of the store that the options name, or of the usual one, whatever flows they belong to. What would be done
// next with one hangs on its flow, and is not told.
func (r *Runtime) Stored(ctx context.Context) ([]Status, error) {
	k, err := r.open(ctx, settings{}, false)
	if errors.Is(err, errNoStore) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	uses, err := k.store.Uses(ctx, "")
	if err != nil {
		return nil, err
	}
	users := map[store.Key][]store.Use{}
	for _, u := range uses {
		users[u.Key] = append(users[u.Key], u)
	}
	records, err := k.store.Records(ctx, "", "")
	if err != nil {
		return nil, err
	}
	now := r.now()
	var all []Status
	for _, record := range records {
		s := Status{State: StateNone, Generation: record.Generation, IssuedAt: record.IssuedAt, ExpiresAt: record.ExpiresAt,
			Trouble: troubleOf(record.Trouble), Ahead: aheadBy(credential.Look{IssuedAt: record.IssuedAt, Trouble: record.Trouble}, now)}
		dead := !record.ExpiresAt.IsZero() && !now.Before(record.ExpiresAt) || !record.RetiredAt.IsZero() && !now.Before(record.RetiredAt)
		switch {
		case record.Sealed == nil:
		case dead:
			s.State = StateDead
		default:
			s.State = StateValid
		}
		if len(users[record.Key]) == 0 {
			s.Address = "auth." + record.Key.Vendor
			all = append(all, s)
		}
		for _, u := range users[record.Key] {
			s.Address, s.Flow = u.Address, u.Flow
			all = append(all, s)
		}
	}
	return all, nil
}

// Exchanges gives all vendor calls that the ledger of the store still has, the oldest first.
func (r *Runtime) Exchanges(ctx context.Context) ([]Exchange, error) {
	k, err := r.open(ctx, settings{}, false)
	if errors.Is(err, errNoStore) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := k.store.Exchanges(ctx, store.Query{})
	return exchanges(rows), err
}
