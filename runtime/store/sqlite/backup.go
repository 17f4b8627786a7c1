package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/authrun/authrun/runtime/store"
)

// Backup writes a copy of the store to path, an absolute path at which there is nothing yet: else its error wraps fs.ErrExist. The copy is the
// store as it was at one moment, whoever writes meanwhile, and a store itself, for the user alone. When Backup returns nil it is on the disk.
func (s *Store) Backup(ctx context.Context, path string) error { return Backup(ctx, s.path, path) }

// Backup is [Store.Backup] of the store at from, an absolute path. It does not open it as a store, and so changes nothing about it: one of an
// older or a newer authrun is copied as it is.
func Backup(ctx context.Context, from, to string) error {
	if err := backup(ctx, from, to); err != nil {
		return fail(from, "back up to "+to, err)
	}
	return nil
}

func backup(ctx context.Context, from, to string) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := local(from); err != nil {
		return err
	}
	if err := vacant(to); err != nil {
		return err
	}
	if info, err := os.Stat(from); err != nil {
		return reason(err)
	} else if err := plausible(info.Size(), true); err != nil {
		return err
	}
	dir := filepath.Dir(to)
	f, err := os.CreateTemp(dir, "."+filepath.Base(to)+".*")
	if err != nil {
		return fmt.Errorf("the folder %s cannot be written: %w", dir, reason(err))
	}
	draft := f.Name()
	defer func() { err = errors.Join(err, discard(draft)) }()
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return reason(err)
	}
	if err := copyInto(ctx, from, draft); err != nil {
		return err
	}
	if err := syncFile(draft); err != nil {
		return err
	}
	if err := place(draft, to); err != nil {
		return err
	}
	return syncFolder(dir)
}

// vacant refuses a place at which there is something.
func vacant(path string) error {
	switch info, err := os.Lstat(path); {
	case err == nil && info.IsDir():
		return fmt.Errorf("it is a folder; name a file in it: %w", fs.ErrExist)
	case err == nil:
		return fmt.Errorf("there is a file already, and a backup replaces none: %w", fs.ErrExist)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return reason(err)
	}
}

// copyInto writes what a database has into an empty file, and makes a store of that.
func copyInto(ctx context.Context, from, draft string) error {
	err := with(connector{path: from, readOnly: unwritable(from) != nil, wait: defaultWait}, func(db *sql.DB) error {
		st, err := inspect(ctx, db)
		if err != nil {
			return err
		}
		if st.application != applicationID {
			return fmt.Errorf("%w: it is an SQLite database of another program", store.ErrCorrupt)
		}
		_, err = db.ExecContext(ctx, "VACUUM INTO ?", draft)
		return err
	})
	if err != nil {
		return err
	}
	return with(connector{path: draft, wait: defaultWait}, func(db *sql.DB) error {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		return errors.Join(makeWAL(ctx, conn), conn.Close())
	})
}

// with opens a database for one piece of work.
func with(c connector, work func(*sql.DB) error) error {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(1)
	return errors.Join(work(db), db.Close())
}

// place gives a draft its name, unless something has that name by now. Where the file system has no links the name is taken by an empty file
// first, which the draft then replaces.
func place(draft, to string) error {
	err := os.Link(draft, to)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return vacant(to)
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return reason(err)
	}
	if err := errors.Join(f.Close(), os.Rename(draft, to)); err != nil {
		return errors.Join(reason(err), os.Remove(to))
	}
	return nil
}

// syncFile brings a file to the disk.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return reason(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return reason(err)
	}
	return nil
}
