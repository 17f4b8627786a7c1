package sqlite

import (
	"database/sql"
	"errors"
	"strconv"
	"time"
)

// seldom is how many exchanges are begun from one look for old ones to the next, at most.
const seldom = 64

// prune deletes exchanges that are older than the newest so many, and that no limit needs at now. It is called within the transaction that
// began exchange id. It does something at few IDs only, then looks at a bounded number of rows, and goes on from there the next time: where
// limits need many old rows, not all of them are looked at again and again.
func prune(t *transaction, id int64, now time.Time, newest int) error {
	every := int64(max(1, min(seldom, newest/4)))
	if id <= int64(newest) || id%every != 0 {
		return nil
	}
	from, err := t.pruned()
	if err != nil {
		return err
	}
	old, last, err := t.old(from, id-int64(newest), now, 4*every)
	if err != nil {
		return err
	}
	for _, row := range old {
		if err := t.remove(row); err != nil {
			return err
		}
	}
	if last == from {
		return nil
	}
	_, err = t.exec(`INSERT OR REPLACE INTO meta (name, value) VALUES ('pruned', ?)`, strconv.FormatInt(last, 10))
	return err
}

// pruned is the exchange up to which rows were looked at; 0: the next look begins with the first.
func (t *transaction) pruned() (id int64, err error) {
	var text string
	err = t.row(`SELECT value FROM meta WHERE name = 'pruned'`, nil, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

// old looks at so many rows after one up to another, and gives those that are not needed at now, and the last one that it looked at; 0: there
// are no more.
func (t *transaction) old(after, upTo int64, now time.Time, most int64) (old []row, last int64, err error) {
	statement, err := t.prepare(`SELECT id, scopes, needed IS NOT NULL AND needed < ? FROM exchange WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`)
	if err != nil {
		return nil, 0, err
	}
	rows, err := statement.Query(nanoseconds(now), after, upTo, most)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	seen := int64(0)
	for ; rows.Next(); seen++ {
		var r row
		var needless bool
		if err := rows.Scan(&r.id, &r.scopes, &needless); err != nil {
			return nil, 0, err
		}
		if last = r.id; needless {
			old = append(old, r)
		}
	}
	if seen < most {
		last = 0
	}
	return old, last, rows.Err()
}

// row is an exchange with its scopes as they are stored.
type row struct {
	id     int64
	scopes string
}

// remove deletes an exchange and what it counts for.
func (t *transaction) remove(r row) error {
	if _, err := t.exec(`DELETE FROM exchange WHERE id = ?`, r.id); err != nil {
		return err
	}
	return t.discount(r)
}

// discount deletes what an exchange counts for.
func (t *transaction) discount(r row) error {
	scopes, err := parseScopes(r.scopes)
	if err != nil {
		return err
	}
	for name, scope := range scopes {
		if _, err := t.exec(`DELETE FROM counted WHERE name = ? AND scope = ? AND exchange = ?`, name, scope, r.id); err != nil {
			return err
		}
	}
	return nil
}
