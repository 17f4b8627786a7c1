package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"github.com/authrun/authrun/runtime/store"
)

// Value reads a named value.
func (s *Store) Value(ctx context.Context, name string) ([]byte, error) {
	rows, err := query(ctx, s, "read a value", scanValue, `SELECT content FROM value WHERE name = ?`, name)
	return only(rows, err)
}

func scanValue(rows *sql.Rows) (v []byte, err error) {
	err = rows.Scan(&v)
	return v, err
}

// SetValue writes a named value unless there is one.
func (s *Store) SetValue(ctx context.Context, name string, value []byte) ([]byte, error) {
	there, err := s.Value(ctx, name)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return there, err
	}
	err = s.change(ctx, "write a value", func(t *transaction) error {
		_, err := t.exec(`INSERT OR IGNORE INTO value (name, content) VALUES (?, ?)`, name, value)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Value(ctx, name)
}

// SwapValue writes a named value if the one that is there is old.
func (s *Store) SwapValue(ctx context.Context, name string, old, value []byte) error {
	return s.change(ctx, "change a value", func(t *transaction) error {
		if err := given(t, store.Given{Name: name, Value: old}, store.ErrConflict); err != nil {
			return err
		}
		if value == nil {
			_, err := t.exec(`DELETE FROM value WHERE name = ?`, name)
			return err
		}
		_, err := t.exec(`INSERT OR REPLACE INTO value (name, content) VALUES (?, ?)`, name, value)
		return err
	})
}

// given refuses where a named value is another than the given one.
func given(t *transaction, g store.Given, refusal error) error {
	var have []byte
	err := t.row(`SELECT content FROM value WHERE name = ?`, []any{g.Name}, &have)
	none := errors.Is(err, sql.ErrNoRows)
	switch {
	case err != nil && !none:
		return err
	case none != (g.Value == nil), !bytes.Equal(have, g.Value):
		return refusal
	}
	return nil
}
