// Package sqlite is the store of one machine: an SQLite database that many processes use at the same time.
//
// The database is in WAL mode: readers never wait for a writer. Writes are flushed to the disk before they are reported done
// (synchronous=FULL); those that a process makes at the same time share one transaction and so one flush. Opening a store that is there
// and current writes nothing. A store that cannot be written (its file, its folder, its file system) still serves reads.
//
// It does not know what is in a sealed value and decides nothing. It may be imported by the runtime and by whoever embeds it.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// Options are the settings of [Open]. The zero value works.
type Options struct {
	// MustExist refuses to make a store that is not there, with an error that wraps fs.ErrNotExist.
	MustExist bool
	// Now is the clock that dates a new store; nil: time.Now.
	Now func() time.Time
	// Version is that of the running authrun, semver. A store that a newer authrun changed is refused where Version is older than the
	// store demands; "": never.
	Version string
	// Wait is how long a read or a write waits for another process that holds the store; 0: 10 s.
	Wait time.Duration
	// Rows is how many of the exchanges begun last are kept in any case. Older ones are deleted when no limit needs them any more;
	// 0: 100,000.
	Rows int
	// Poll is how often others' changes are looked for while somebody watches; 0: 1 s.
	Poll time.Duration
}

// Store is an open database. Its methods are those of store.Store, whose errors they return wrapped in a text that names the file.
type Store struct {
	path     string
	readOnly error // why nothing can be written; nil: it can
	rows     int   // of Options
	read     *sql.DB
	write    *writer
	poll     poller

	mu       sync.Mutex
	prepared map[string]*sql.Stmt // of read, by their text
	closed   bool
}

var _ store.Store = (*Store)(nil)

// Open opens the store at path, an absolute path. Where there is none it makes one, and the folders above it: created tells whether it was
// this call that did. An empty file counts as none.
//
// A store that cannot be written is opened all the same; its writes fail with store.ErrReadOnly.
func Open(ctx context.Context, path string, o Options) (s *Store, created bool, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == 0 {
		o.Wait = defaultWait
	}
	if o.Rows == 0 {
		o.Rows = 100_000
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	made, err := prepare(ctx, path, o)
	if err != nil {
		return nil, false, fail(path, "", err)
	}
	s = &Store{path: path, readOnly: unwritable(path), rows: o.Rows, prepared: map[string]*sql.Stmt{}}
	s.poll.store, s.poll.every, s.poll.poked = s, o.Poll, make(chan struct{}, 1)
	s.read = sql.OpenDB(connector{path: path, readOnly: s.readOnly != nil, wait: o.Wait})
	if s.readOnly != nil {
		s.read.SetMaxIdleConns(-1) // Each read opens the file anew and so sees what others wrote.
	} else {
		s.read.SetMaxOpenConns(readers)
		s.read.SetMaxIdleConns(readers)
	}
	filled, err := s.current(ctx, o)
	if err != nil {
		return nil, false, fail(path, "", errors.Join(err, s.read.Close()))
	}
	s.write = newWriter(connector{path: path, wait: o.Wait})
	return s, made || filled, nil
}

// defaultWait is how long another process that holds the store is waited for.
const defaultWait = 10 * time.Second

// readers is how many connections read at the same time.
const readers = 4

// Path is where the store lies.
func (s *Store) Path() string { return s.path }

// ReadOnly is why the store cannot be written, or nil.
func (s *Store) ReadOnly() error {
	if s.readOnly == nil {
		return nil
	}
	return fail(s.path, "", s.readOnly)
}

// Close waits for writes under way and closes the database. SQLite moves what the WAL holds into the database when the last process
// closes it.
func (s *Store) Close() error {
	s.poll.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.write.close()
	for _, statement := range s.prepared {
		err = errors.Join(err, statement.Close())
	}
	err = errors.Join(err, s.read.Close())
	if err != nil {
		return fail(s.path, "close", err)
	}
	return nil
}
