package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// connector makes connections to the database at path. It is what database/sql asks when it needs one more.
type connector struct {
	path     string
	readOnly bool
	wait     time.Duration
}

// Driver is SQLite's.
func (c connector) Driver() driver.Driver { return &sqlite.Driver{} }

// Connect opens the database.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if c.readOnly {
		return c.look(ctx)
	}
	// The WAL is emptied but not deleted when the last process closes the store. Deleting it, and making it again for the next, would be
	// half the cost of a process that only reads. Any limit of its size makes SQLite empty it; this one is above what it grows to, so that
	// it is written over until then: a file that grows is slower to flush.
	conn, err := c.open(ctx, "mode=rw", "journal_size_limit(16777216)")
	if err != nil {
		return nil, err
	}
	if wal, ok := conn.(sqlite.FileControl); ok {
		if _, err := wal.FileControlPersistWAL("main", 1); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

// look opens a database beside which nothing may be written. A WAL that holds something must be read, too: with whoever wrote it at work
// the usual locks do; where a crash left it, its index is made in this process's memory, which SQLite does under an exclusive lock only,
// one that it need not take of the file.
func (c connector) look(ctx context.Context) (driver.Conn, error) {
	if info, err := os.Stat(c.path + "-wal"); err != nil || info.Size() == 0 {
		return c.open(ctx, "mode=ro&immutable=1")
	}
	if _, err := os.Stat(c.path + "-shm"); err == nil {
		conn, err := c.open(ctx, "mode=ro", "schema_version") // A pragma that reads, to see whether it can.
		if err == nil {
			return conn, nil
		}
	}
	return c.open(ctx, "mode=ro&vfs="+lockless, "locking_mode(exclusive)")
}

// open opens the database with the mode of a connection and pragmas that are run first.
func (c connector) open(ctx context.Context, mode string, pragmas ...string) (driver.Conn, error) {
	name := filepath.ToSlash(c.path)
	if !strings.HasPrefix(name, "/") { // C:/...
		name = "/" + name
	}
	dsn := fmt.Sprintf("file://%s?%s&_busy_timeout=%d&_synchronous=FULL&_error_rc=1", (&url.URL{Path: name}).EscapedPath(), mode,
		c.wait.Milliseconds())
	for _, pragma := range pragmas {
		dsn += "&_pragma=" + pragma
	}
	connect, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, errors.New("its name cannot be given to SQLite")
	}
	return connect.Connect(ctx)
}
