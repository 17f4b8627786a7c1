package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// transaction is the writer's connection and its statements, each prepared when it is first needed. Nothing here ends early: a write that
// was begun is finished.
type transaction struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

func newTransaction(db *sql.DB) (*transaction, error) {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	t := &transaction{conn: conn, prepared: map[string]*sql.Stmt{}}
	if _, err := t.exec("PRAGMA busy_timeout = 0"); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// begin takes the lock for writing, so that what is read afterwards stays true until the end.
func (t *transaction) begin(wait time.Duration, wanted func() bool) error {
	return patiently(wait, wanted, func() error {
		_, err := t.exec("BEGIN IMMEDIATE")
		return err
	})
}

// commit makes it durable.
func (t *transaction) commit() error {
	_, err := t.exec("COMMIT")
	return err
}

func (t *transaction) exec(query string, args ...any) (sql.Result, error) {
	statement, err := t.prepare(query)
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(context.Background(), args...)
}

func (t *transaction) row(query string, args []any, into ...any) error {
	statement, err := t.prepare(query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(context.Background(), args...).Scan(into...)
}

func (t *transaction) prepare(query string) (*sql.Stmt, error) {
	if statement, ok := t.prepared[query]; ok {
		return statement, nil
	}
	statement, err := t.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	t.prepared[query] = statement
	return statement, nil
}

// close ends a transaction under way without a trace, and the connection.
func (t *transaction) close() {
	_, _ = t.conn.ExecContext(context.Background(), "ROLLBACK") // It fails where none is under way.
	var err error
	for _, statement := range t.prepared {
		err = errors.Join(err, statement.Close())
	}
	_ = errors.Join(err, t.conn.Close()) // Whatever they say, a new connection is made.
}
