package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// migrate runs the migrations that the database at path lacks. Of several processes that try at the same time one does; the others find it done.
func migrate(ctx context.Context, path string, o Options) (created bool, err error) {
	db := sql.OpenDB(connector{path: path, wait: o.Wait})
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return false, err
	}
	wanted := func() bool { return ctx.Err() == nil }
	if err := patiently(o.Wait, wanted, func() error { return makeWAL(ctx, conn) }); err != nil {
		return false, err
	}
	err = patiently(o.Wait, wanted, func() error {
		_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
		return err
	})
	if err != nil {
		return false, err
	}
	defer func() {
		if err != nil {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // Closing the connection does the same.
		}
	}()
	st, err := inspect(ctx, conn)
	if err != nil {
		return false, err
	}
	for ; st.version < len(migrations); st.version++ {
		if _, err := conn.ExecContext(ctx, migrations[st.version]); err != nil {
			return false, err
		}
		created = created || st.version == 0
	}
	if err := describe(ctx, conn, created, o); err != nil {
		return false, err
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return created, err
}

// makeWAL sets the journal mode, which the file keeps.
func makeWAL(ctx context.Context, conn *sql.Conn) error {
	var mode string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode = wal").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("its journal cannot be a WAL, it is %q", mode)
	}
	return nil
}

// describe writes into the database what it is.
func describe(ctx context.Context, conn *sql.Conn, created bool, o Options) error {
	if created {
		_, err := conn.ExecContext(ctx, `INSERT INTO meta VALUES ('created', ?)`, o.Now().UTC().Format(time.RFC3339))
		if err != nil {
			return err
		}
	}
	_, err := conn.ExecContext(ctx, `INSERT INTO meta VALUES ('oldest', ?), ('migrated_by', ?)
		ON CONFLICT DO UPDATE SET value = excluded.value`, oldest, o.Version)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations)))
	return err
}
