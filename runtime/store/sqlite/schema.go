package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/hashicorp/go-version"

	"github.com/authrun/authrun/runtime/store"
)

// The database says what it is in its header, so that looking costs one page: application_id that it is a store of authrun, user_version
// which migrations were run. A newer authrun may have run more; whether this one may still read it stands in the table meta, row
// "oldest": the version of the oldest authrun that may.
const applicationID = 0x61757468 // "auth"

// migrations lead from each version of the schema to the next; the length is the current version. One that was released is never changed.
//
// Times are nanoseconds since 1970; NULL is the zero time.
var migrations = []string{`
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE value (
	name    TEXT PRIMARY KEY,
	content BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE record (
	vendor        TEXT NOT NULL,
	account       TEXT NOT NULL,
	fingerprint   TEXT NOT NULL,
	generation    INTEGER NOT NULL,
	sealed        BLOB,
	made_by       TEXT NOT NULL,
	issued_at     INTEGER,
	expires_at    INTEGER,
	usable_at     INTEGER,
	renewable     INTEGER NOT NULL,
	renew_until   INTEGER,
	retired_at    INTEGER,
	switches      INTEGER NOT NULL,
	trouble_class TEXT NOT NULL,
	trouble_text  TEXT NOT NULL,
	trouble_at    INTEGER,
	trouble_next  INTEGER,
	trouble_count INTEGER NOT NULL,
	PRIMARY KEY (vendor, account, fingerprint)
) WITHOUT ROWID;

CREATE TABLE latch (
	vendor TEXT NOT NULL,
	scope  TEXT NOT NULL,
	class  TEXT NOT NULL,
	text   TEXT NOT NULL,
	at     INTEGER,
	PRIMARY KEY (vendor, scope)
) WITHOUT ROWID;

-- AUTOINCREMENT: an ID that was taken back is not given again.
CREATE TABLE exchange (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	at          INTEGER,
	vendor      TEXT NOT NULL,
	account     TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	address     TEXT NOT NULL,
	operation   TEXT NOT NULL,
	process     TEXT NOT NULL,
	scopes      TEXT NOT NULL, -- JSON object; empty: none
	outcome     TEXT NOT NULL,
	status      INTEGER NOT NULL,
	took        INTEGER NOT NULL, -- nanoseconds
	generation  INTEGER NOT NULL
);
CREATE INDEX exchange_account ON exchange (vendor, account);

-- Which exchanges count for a limit: what stands in their scopes, to be looked up.
CREATE TABLE counted (
	name     TEXT NOT NULL,
	scope    TEXT NOT NULL,
	exchange INTEGER NOT NULL,
	PRIMARY KEY (name, scope, exchange)
) WITHOUT ROWID;

CREATE TABLE used (
	flow        TEXT NOT NULL,
	address     TEXT NOT NULL,
	vendor      TEXT NOT NULL,
	account     TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	inputs      BLOB,
	at          INTEGER,
	PRIMARY KEY (flow, address)
) WITHOUT ROWID;
`, `
ALTER TABLE record ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE record ADD COLUMN up INTEGER NOT NULL DEFAULT 0; -- nanoseconds

ALTER TABLE exchange ADD COLUMN needed INTEGER;
ALTER TABLE exchange ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE exchange ADD COLUMN up INTEGER NOT NULL DEFAULT 0; -- nanoseconds

-- The last changes of records, for those who watch. Triggers would note them, too, but are parsed by each process that only reads.
CREATE TABLE written (
	revision    INTEGER PRIMARY KEY,
	vendor      TEXT NOT NULL,
	account     TEXT NOT NULL,
	fingerprint TEXT NOT NULL
);
`}

// oldest is the version of the oldest authrun that may read what the migrations make.
const oldest = "0.1.0"

// state is what a database says of itself.
type state struct {
	application, version, tables int
}

// inspect reads the state of a database. It takes the first lock of the connection, so what keeps a database from being read shows here.
func inspect(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (state, error) {
	var st state
	row := db.QueryRowContext(ctx, `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`)
	err := row.Scan(&st.application, &st.version, &st.tables)
	return st, err
}

// current makes the schema the current one where it is not, and tells whether there was none before.
func (s *Store) current(ctx context.Context, o Options) (created bool, err error) {
	st, err := inspect(ctx, s.read)
	if err != nil {
		return false, err
	}
	fresh := st == (state{})
	switch {
	case !fresh && st.application != applicationID:
		return false, fmt.Errorf("%w: it is an SQLite database of another program", store.ErrCorrupt)
	case st.version == len(migrations):
		return false, nil
	case st.version > len(migrations):
		return false, s.newer(ctx, o.Version)
	case fresh && o.MustExist:
		return false, fmt.Errorf("there is nothing in it, and the store must exist: %w", fs.ErrNotExist)
	case s.readOnly != nil && fresh:
		return false, fmt.Errorf("there is nothing in it yet, and %w", s.readOnly)
	case s.readOnly != nil:
		return false, fmt.Errorf("an older authrun made it, it must be brought up to date, and %w", s.readOnly)
	}
	return migrate(ctx, s.path, o)
}

// newer refuses a database with a later schema, unless it says that the running version may read it.
func (s *Store) newer(ctx context.Context, running string) error {
	var demanded string
	if err := s.read.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'oldest'`).Scan(&demanded); err != nil {
		return fmt.Errorf("%w: it does not say which: %w", store.ErrNewer, err)
	}
	need, err := version.NewVersion(demanded)
	if err != nil {
		return fmt.Errorf("%w: it does not say which", store.ErrNewer)
	}
	have, err := version.NewVersion(running)
	if running == "" || err == nil && have.Core().GreaterThanOrEqual(need.Core()) {
		return nil
	}
	return fmt.Errorf("%w: at least version %s, and this is %s; upgrade authrun", store.ErrNewer, demanded, running)
}
