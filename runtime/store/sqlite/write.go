package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// change does a write, or says why it cannot.
func (s *Store) change(ctx context.Context, doing string, do func(*transaction) error) error {
	err := s.readOnly
	if err == nil {
		err = s.write.write(ctx, do)
	}
	if err != nil {
		return fail(s.path, doing, err)
	}
	return nil
}

// Begin writes a row of the ledger, if judge allows it. The transaction holds the lock for writing when judge reads, so that what it reads
// is still true when the row is written.
func (s *Store) Begin(ctx context.Context, e store.Exchange, judge store.Judge) (id int64, err error) {
	if err := s.room(); err != nil {
		return 0, err
	}
	var forbidden error
	err = s.change(ctx, "record an exchange", func(t *transaction) error {
		if judge != nil {
			if forbidden = judge(t.counting(e.Scopes)); forbidden != nil {
				return errForbidden
			}
		}
		if id, err = begin(t, e); err != nil {
			return err
		}
		return prune(t, id, e.At, s.rows)
	})
	switch {
	case forbidden != nil:
		return 0, forbidden
	case err != nil:
		return 0, err
	}
	return id, nil
}

// counting reads the rows that count for a limit, within a transaction.
func (t *transaction) counting(scopes map[string]string) func(limit string, since time.Time) ([]store.Exchange, error) {
	return func(limit string, since time.Time) ([]store.Exchange, error) {
		text, args := selection(store.Query{Limit: limit, Scope: scopes[limit], Since: since})
		statement, err := t.prepare(text)
		if err != nil {
			return nil, err
		}
		rows, err := statement.QueryContext(context.Background(), args...)
		if err != nil {
			return nil, err
		}
		var all []store.Exchange
		for rows.Next() {
			e, err := scanExchange(rows)
			if err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			all = append(all, e)
		}
		return all, errors.Join(rows.Err(), rows.Close())
	}
}

func begin(t *transaction, e store.Exchange) (id int64, err error) {
	scopes := ""
	if len(e.Scopes) > 0 {
		text, err := json.Marshal(e.Scopes)
		if err != nil {
			return 0, err
		}
		scopes = string(text)
	}
	result, err := t.exec(`INSERT INTO exchange (at, vendor, account, fingerprint, address, operation, process, scopes, outcome, status, took,
		generation, needed, boot, up) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0, 0, ?, ?, ?)`,
		nanoseconds(e.At), e.Key.Vendor, e.Key.Account, e.Key.Fingerprint, e.Address, e.Operation, e.Process, scopes, nanoseconds(e.Needed),
		e.Clock.Boot, int64(e.Clock.Up))
	if err != nil {
		return 0, err
	}
	id, err = result.LastInsertId()
	if err != nil {
		return 0, err
	}
	for name, scope := range e.Scopes {
		if _, err := t.exec(`INSERT INTO counted (name, scope, exchange) VALUES (?, ?, ?)`, name, scope, id); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// Commit writes a change.
func (s *Store) Commit(ctx context.Context, c store.Change) error {
	err := s.change(ctx, "commit", func(t *transaction) error {
		// First, because a job may be refused only before it wrote anything.
		for _, g := range c.Given {
			if err := given(t, g, store.ErrStale); err != nil {
				return err
			}
		}
		if c.Put != nil {
			if err := expect(t, c.Put.Key, c.Expect); err != nil {
				return err
			}
		}
		if err := settle(t, c.Outcomes, c.Unsent); err != nil {
			return err
		}
		if err := retire(t, c.Retire, c.RetireAt); err != nil {
			return err
		}
		if err := put(t, c.Forget, c.Put); err != nil {
			return err
		}
		if err := announce(t, c); err != nil {
			return err
		}
		if err := latch(t, c.Unlatch, c.Latch); err != nil {
			return err
		}
		return use(t, c.Use)
	})
	if err == nil && (c.Put != nil || len(c.Retire)+len(c.Forget) > 0) {
		s.poll.poke()
	}
	return err
}

// expect refuses where the record is not of that generation.
func expect(t *transaction, key store.Key, generation uint64) error {
	var have int64
	err := t.row(`SELECT generation FROM record WHERE vendor = ? AND account = ? AND fingerprint = ?`,
		[]any{key.Vendor, key.Account, key.Fingerprint}, &have)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if uint64(have) != generation { //nolint:gosec // The same bits that were written.
		return store.ErrConflict
	}
	return nil
}

func settle(t *transaction, outcomes []store.Outcome, unsent []int64) error {
	for _, o := range outcomes {
		_, err := t.exec(`UPDATE exchange SET outcome = ?, status = ?, took = ?, generation = ? WHERE id = ?`,
			o.Outcome, o.Status, int64(o.Took), int64(o.Generation), o.ID) //nolint:gosec // The same bits come back.
		if err != nil {
			return err
		}
	}
	for _, id := range unsent {
		if err := takeBack(t, id); err != nil {
			return err
		}
	}
	return nil
}

// takeBack deletes an exchange that was never sent, and what it counted for.
func takeBack(t *transaction, id int64) error {
	r := row{id: id}
	err := t.row(`DELETE FROM exchange WHERE id = ? AND outcome = '' RETURNING scopes`, []any{id}, &r.scopes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.discount(r)
}

func retire(t *transaction, keys []store.Key, at time.Time) error {
	for _, key := range keys {
		_, err := t.exec(`UPDATE record SET retired_at = ? WHERE vendor = ? AND account = ? AND fingerprint = ? AND retired_at IS NULL`,
			nanoseconds(at), key.Vendor, key.Account, key.Fingerprint)
		if err != nil {
			return err
		}
	}
	return nil
}

func put(t *transaction, forget []store.Key, r *store.Record) error {
	for _, key := range forget {
		_, err := t.exec(`DELETE FROM record WHERE vendor = ? AND account = ? AND fingerprint = ?`, key.Vendor, key.Account, key.Fingerprint)
		if err != nil {
			return err
		}
	}
	if r == nil {
		return nil
	}
	_, err := t.exec(`INSERT OR REPLACE INTO record (`+recordColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Key.Vendor, r.Key.Account, r.Key.Fingerprint, int64(r.Generation), r.Sealed, r.MadeBy, //nolint:gosec // The same bits come back.
		nanoseconds(r.IssuedAt), nanoseconds(r.ExpiresAt), nanoseconds(r.UsableAt), r.Renewable, nanoseconds(r.RenewUntil),
		nanoseconds(r.RetiredAt), r.Switches, r.Trouble.Class, r.Trouble.Text, nanoseconds(r.Trouble.At), nanoseconds(r.Trouble.NextTry), r.Trouble.Count,
		r.Clock.Boot, int64(r.Clock.Up))
	return err
}

func latch(t *transaction, unlatch []store.LatchRef, l *store.Latch) error {
	for _, ref := range unlatch {
		if _, err := t.exec(`DELETE FROM latch WHERE vendor = ? AND scope = ?`, ref.Vendor, ref.Scope); err != nil {
			return err
		}
	}
	if l == nil {
		return nil
	}
	_, err := t.exec(`INSERT OR REPLACE INTO latch (vendor, scope, class, text, at) VALUES (?, ?, ?, ?, ?)`,
		l.Vendor, l.Scope, l.Class, l.Text, nanoseconds(l.At))
	return err
}

func use(t *transaction, u *store.Use) error {
	if u == nil {
		return nil
	}
	_, err := t.exec(`INSERT OR REPLACE INTO used (flow, address, vendor, account, fingerprint, inputs, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		u.Flow, u.Address, u.Key.Vendor, u.Key.Account, u.Key.Fingerprint, u.Inputs, nanoseconds(u.At))
	return err
}

// nanoseconds is a time as a column holds it: NULL for the zero time, and the ends of the range for what lies beyond.
func nanoseconds(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case t.Before(time.Unix(0, math.MinInt64)):
		return int64(math.MinInt64)
	case t.After(time.Unix(0, math.MaxInt64)):
		return int64(math.MaxInt64)
	}
	return t.UnixNano()
}
