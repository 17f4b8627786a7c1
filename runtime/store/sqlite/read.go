package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

const recordColumns = `vendor, account, fingerprint, generation, sealed, made_by, issued_at, expires_at, usable_at, renewable, renew_until,
	retired_at, switches, trouble_class, trouble_text, trouble_at, trouble_next, trouble_count, boot, up`

// Record reads one record.
func (s *Store) Record(ctx context.Context, key store.Key) (store.Record, error) {
	rows, err := query(ctx, s, "read a credential", scanRecord,
		`SELECT `+recordColumns+` FROM record WHERE vendor = ? AND account = ? AND fingerprint = ?`, key.Vendor, key.Account, key.Fingerprint)
	return only(rows, err)
}

// Records reads the records of one account.
func (s *Store) Records(ctx context.Context, vendor, account string) ([]store.Record, error) {
	if vendor == "" && account == "" {
		return query(ctx, s, "read credentials", scanRecord, `SELECT `+recordColumns+` FROM record`)
	}
	return query(ctx, s, "read credentials", scanRecord,
		`SELECT `+recordColumns+` FROM record WHERE vendor = ? AND account = ?`, vendor, account)
}

func scanRecord(rows *sql.Rows) (r store.Record, err error) {
	var generation, up int64
	var issued, expires, usable, until, retired, at, next sql.NullInt64
	err = rows.Scan(&r.Key.Vendor, &r.Key.Account, &r.Key.Fingerprint, &generation, &r.Sealed, &r.MadeBy, &issued, &expires, &usable,
		&r.Renewable, &until, &retired, &r.Switches, &r.Trouble.Class, &r.Trouble.Text, &at, &next, &r.Trouble.Count,
		&r.Clock.Boot, &up)
	r.Clock.Up = time.Duration(up)
	r.Generation = uint64(generation) //nolint:gosec // The same bits that were written.
	r.IssuedAt, r.ExpiresAt, r.UsableAt, r.RenewUntil = moment(issued), moment(expires), moment(usable), moment(until)
	r.RetiredAt, r.Trouble.At, r.Trouble.NextTry = moment(retired), moment(at), moment(next)
	return r, err
}

// Latch reads one latch.
func (s *Store) Latch(ctx context.Context, ref store.LatchRef) (store.Latch, error) {
	rows, err := query(ctx, s, "read a latch", scanLatch,
		`SELECT vendor, scope, class, text, at FROM latch WHERE vendor = ? AND scope = ?`, ref.Vendor, ref.Scope)
	return only(rows, err)
}

func scanLatch(rows *sql.Rows) (l store.Latch, err error) {
	var at sql.NullInt64
	err = rows.Scan(&l.Vendor, &l.Scope, &l.Class, &l.Text, &at)
	l.At = moment(at)
	return l, err
}

// Exchanges reads the rows of the ledger that q selects.
func (s *Store) Exchanges(ctx context.Context, q store.Query) ([]store.Exchange, error) {
	text, args := selection(q)
	return query(ctx, s, "read the ledger", scanExchange, text, args...)
}

// selection is the statement that selects rows of the ledger.
func selection(q store.Query) (text string, args []any) {
	text = `SELECT id, at, vendor, account, fingerprint, address, operation, process, scopes, outcome, status, took, generation,
		needed, boot, up FROM `
	from := "exchange"
	var where []string
	add := func(condition string, values ...any) {
		where = append(where, condition)
		args = append(args, values...)
	}
	if q.Limit != "" {
		from = "counted CROSS JOIN exchange ON id = exchange" // In this order: a scope has fewer rows than a vendor.
		add("name = ? AND scope = ?", q.Limit, q.Scope)
	}
	if q.Vendor != "" {
		add("vendor = ?", q.Vendor)
	}
	if q.Account != "" {
		add("account = ?", q.Account)
	}
	if !q.Since.IsZero() {
		add("at >= ?", nanoseconds(q.Since))
	}
	text += from
	if len(where) > 0 {
		text += " WHERE " + strings.Join(where, " AND ")
	}
	return text + " ORDER BY id", args
}

func scanExchange(rows *sql.Rows) (e store.Exchange, err error) {
	var at, needed sql.NullInt64
	var took, generation, up int64
	var scopes string
	err = rows.Scan(&e.ID, &at, &e.Key.Vendor, &e.Key.Account, &e.Key.Fingerprint, &e.Address, &e.Operation, &e.Process, &scopes, &e.Outcome,
		&e.Status, &took, &generation, &needed, &e.Clock.Boot, &up)
	e.Needed, e.Clock.Up = moment(needed), time.Duration(up)
	e.At, e.Took, e.Generation = moment(at), time.Duration(took), uint64(generation) //nolint:gosec // The same bits that were written.
	if err != nil {
		return e, err
	}
	e.Scopes, err = parseScopes(scopes)
	return e, err
}

func parseScopes(text string) (scopes map[string]string, err error) {
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &scopes); err != nil {
		return nil, fmt.Errorf("%w: the scopes of an exchange: %w", store.ErrCorrupt, err)
	}
	return scopes, nil
}

// Uses reads what each address of a flow used last.
func (s *Store) Uses(ctx context.Context, flow string) ([]store.Use, error) {
	if flow == "" {
		return query(ctx, s, "read what flows used", scanUse, `SELECT flow, address, vendor, account, fingerprint, inputs, at FROM used`)
	}
	return query(ctx, s, "read what the flow used", scanUse,
		`SELECT flow, address, vendor, account, fingerprint, inputs, at FROM used WHERE flow = ?`, flow)
}

func scanUse(rows *sql.Rows) (u store.Use, err error) {
	var at sql.NullInt64
	err = rows.Scan(&u.Flow, &u.Address, &u.Key.Vendor, &u.Key.Account, &u.Key.Fingerprint, &u.Inputs, &at)
	u.At = moment(at)
	return u, err
}

// query reads rows with a statement that is prepared once.
func query[T any](ctx context.Context, s *Store, doing string, scan func(*sql.Rows) (T, error), text string, args ...any) ([]T, error) {
	found, err := read(ctx, s, scan, text, args)
	if err != nil {
		return nil, fail(s.path, doing, err)
	}
	return found, nil
}

func read[T any](ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), text string, args []any) (found []T, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	calm := context.WithoutCancel(ctx) // A goroutine that watches each query would cost more than most queries do.
	statement, err := s.prepare(calm, text)
	if err != nil {
		return nil, err
	}
	rows, err := statement.QueryContext(calm, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, rows.Err()
}

func (s *Store) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if statement, ok := s.prepared[text]; ok {
		return statement, nil
	}
	statement, err := s.read.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.prepared[text] = statement
	return statement, nil
}

// only is the one row that was asked for.
func only[T any](rows []T, err error) (T, error) {
	var none T
	switch {
	case err != nil:
		return none, err
	case len(rows) == 0:
		return none, store.ErrNotFound
	}
	return rows[0], nil
}

// moment is the time that a column holds.
func moment(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.Unix(0, n.Int64).UTC()
}
