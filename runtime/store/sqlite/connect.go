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
	if !c.readOnly {
		return c.open(ctx, "mode=rw")
	}
	// A WAL that holds something must be read, too. With whoever wrote it at work, the usual locks do; where it was left by a crash and
	// nothing may be written beside it, its index is made in this process's memory, which SQLite does for an exclusive lock only.
	if info, err := os.Stat(c.path + "-wal"); err != nil || info.Size() == 0 {
		return c.open(ctx, "mode=ro&immutable=1")
	}
	if _, err := os.Stat(c.path + "-shm"); err == nil {
		conn, err := c.open(ctx, "mode=ro&_pragma=schema_version")
		if err == nil {
			return conn, nil
		}
	}
	return c.open(ctx, "mode=ro&nolock=1&_pragma=locking_mode(exclusive)")
}

// open opens the database with these parameters of its own. synchronous is a connection's; journal_mode is the file's.
func (c connector) open(ctx context.Context, parameters string) (driver.Conn, error) {
	name := filepath.ToSlash(c.path)
	if !strings.HasPrefix(name, "/") { // C:/...
		name = "/" + name
	}
	dsn := fmt.Sprintf("file://%s?%s&_busy_timeout=%d&_synchronous=FULL&_error_rc=1&_dqs=0", (&url.URL{Path: name}).EscapedPath(), parameters,
		c.wait.Milliseconds())
	// The driver runs each pragma in this order, before anything else.
	connect, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, errors.New("its name cannot be given to SQLite")
	}
	return connect.Connect(ctx)
}
