// Package store keeps what authrun must not forget: credentials, the ledger of exchanges, latches, and which credential each address of a
// flow used last.
//
// It sees sealed bytes only: what a secret is, and how it is sealed, is the business of its callers. It decides nothing: whether a call is
// allowed, whether a credential lives, is decided by those who read it. Two implementations stand beside it, memory and sqlite, and one
// suite (storetest) holds every implementation to what is written here. It may be imported by the runtime and its rooms, and by whoever
// writes a store.
package store

import (
	"context"
	"errors"
	"time"
)

// Errors that callers tell apart, with errors.Is.
var (
	// ErrNotFound says that there is no such record or value.
	ErrNotFound = errors.New("not in the store")
	// ErrConflict says that a record is not of the generation that a write expected: somebody else wrote it.
	ErrConflict = errors.New("the record was changed by another process")
	// ErrStale says that a named value is not what a change took for granted: somebody else changed it.
	ErrStale = errors.New("what the change took for granted was changed by another process")
	// ErrReadOnly says that the store cannot be written: permissions, a read-only file system.
	ErrReadOnly = errors.New("the store is read-only")
	// ErrFull says that there is no room for the write.
	ErrFull = errors.New("no space is left for the store")
	// ErrCorrupt says that what is there is not a store, or a damaged one.
	ErrCorrupt = errors.New("this is no store of authrun, or a damaged one")
	// ErrNewer says that a newer authrun wrote the store and this one may not read it.
	ErrNewer = errors.New("the store needs a newer authrun")
	// ErrBusy says that another process kept the store locked for longer than a write or a read waits.
	ErrBusy = errors.New("the store is locked by another process")
)

// Key says whose credential a record is. Account and Fingerprint are keyed hashes in hexadecimal; the store learns nothing from them.
type Key struct {
	Vendor      string
	Account     string // which account at the vendor
	Fingerprint string // with which arguments
}

// Record is one credential and its life. Times come back as UTC, to the nanosecond; one after the year 2261 may come back earlier, but not
// before 2262.
type Record struct {
	Key        Key
	Generation uint64 // set by the writer; grows with each change of the value, from 1; 0: no value was ever stored
	Sealed     []byte // value and private part; nil: none
	MadeBy     string // version of the plugin that answered it

	IssuedAt   time.Time // the instant the request left
	ExpiresAt  time.Time // zero: never
	UsableAt   time.Time // zero: at once
	Renewable  bool
	RenewUntil time.Time // zero: while it lives

	// RetiredAt is when another credential of the account ended this one, or will; zero: none did.
	RetiredAt time.Time
	// Switches is how often the account went back and forth between this and other configurations within the lives of their tokens.
	Switches int

	// What went wrong since the value was stored; the zero Trouble: nothing.
	Trouble Trouble

	// Clock is the reading for IssuedAt, or where nothing was issued for Trouble.At: all times of the record are by that wall clock. The store
	// keeps it, and reads nothing from it.
	Clock Reading
}

// Reading says on which run of the machine a time was taken, and when on it, so that a wall clock which was put forward or back since can be
// told. The zero Reading: not known.
type Reading struct {
	Boot string        // names the run of the machine from one boot to the next
	Up   time.Duration // how long it had run, sleep included
}

// Trouble is the last failure of a record's operations, and when the next try is allowed.
type Trouble struct {
	Class   string
	Text    string // redacted
	At      time.Time
	NextTry time.Time
	Count   int // failures in a row
}

// Latch forbids an operation that was refused until its input changes. Scope is what must change: an account with its sensitive arguments,
// or a fingerprint; both as keyed hashes.
type Latch struct {
	Vendor string
	Scope  string
	Class  string
	Text   string // redacted
	At     time.Time
}

// Exchange is a row of the ledger: one HTTP request that was about to be sent to a vendor.
type Exchange struct {
	ID        int64 // given by the store, growing
	At        time.Time
	Key       Key
	Address   string // of the auth block, for a person
	Operation string // acquire, renew, revoke
	Process   string // that made it, for a person: "host pid"
	// Scopes are the keyed hashes of the limits that count this exchange, by the limit's name.
	Scopes map[string]string
	// Needed is until when a limit may still look at the row. The store deletes none before; zero: not known, so it is never deleted.
	Needed time.Time
	Clock  Reading // when it was begun

	// The outcome. Outcome "" : it was sent, or about to be, and nothing is known of it.
	Outcome    string // "ok" or a class of failure
	Status     int    // HTTP status; 0: no answer
	Took       time.Duration
	Generation uint64 // of the value that it brought, if it did
}

// Outcome settles a row of the ledger.
type Outcome struct {
	ID         int64
	Outcome    string
	Status     int
	Took       time.Duration
	Generation uint64
}

// Change is written as a whole or not at all. What is nil or empty is left as it is.
type Change struct {
	Given []Given // named values that must be so, else ErrStale

	Outcomes []Outcome // settle exchanges; one that is not in the ledger any more is passed over
	Unsent   []int64   // take back exchanges that never left the host; one that has an outcome stays

	Put      *Record   // replace the record of its key ...
	Expect   uint64    // ... if it still has this generation (0 where there is none), else ErrConflict
	Retire   []Key     // set the RetiredAt of records that have none; those that are not there are passed over
	RetireAt time.Time // to this

	Forget  []Key      // before Put: delete records, whatever their generation; those that are not there are passed over
	Unlatch []LatchRef // before Latch: delete latches; those that are not there are passed over
	Latch   *Latch     // set, in place of one of the same vendor and scope
	Use     *Use       // remember, in place of what the same address of the same flow used before
}

// Given is a named value of the store that a change takes for granted. A nil Value: there is none of that name.
type Given struct {
	Name  string
	Value []byte
}

// LatchRef names a latch.
type LatchRef struct{ Vendor, Scope string }

// Use remembers which record an address of a flow used last, so that a reader needs the store and its key, not the vendor's secrets.
type Use struct {
	Flow    string // absolute path of the flow
	Address string
	Key     Key
	Inputs  []byte // what the caller wants to know again of the arguments; sealed or hashed by it
	At      time.Time
}

// Store keeps it all. Every method may be called from many goroutines, and by many processes on one store at the same time. What a method
// returns is the caller's. A method returns an error that wraps one of the package's, or the context's.
type Store interface {
	// Record reads one record, or ErrNotFound.
	Record(ctx context.Context, key Key) (Record, error)
	// Records reads the records of one account, in no order; none is no error. Without a vendor and an account: all records.
	Records(ctx context.Context, vendor, account string) ([]Record, error)
	// Latch reads one latch, or ErrNotFound.
	Latch(ctx context.Context, ref LatchRef) (Latch, error)

	// Begin writes a row of the ledger and returns its ID, if judge allows it; e's own ID and outcome are not looked at. When it returns nil
	// the row survives a crash and a power cut. On any error nothing may be sent. An ID is larger than every one given before it, and never
	// given twice. Between what judge reads and the row nobody else's row gets in. The error of judge is Begin's; nil judges nothing.
	//
	// The ledger is bounded: of the rows beyond its newest ones, so many as the implementation's options say, those that were Needed until
	// before e.At are deleted now and then, some at a time. No other row is ever deleted.
	Begin(ctx context.Context, e Exchange, judge Judge) (int64, error)
	// Commit writes a change. When it returns nil the change survives a crash and a power cut. On ErrConflict and ErrStale nothing of it was
	// written.
	Commit(ctx context.Context, c Change) error
	// Exchanges reads the rows of the ledger that q selects, in the order in which they were begun; none is no error.
	Exchanges(ctx context.Context, q Query) ([]Exchange, error)

	// Lock takes the lock of that name, for all processes that share the store, and waits for it until ctx ends. It is freed by Unlock, and
	// by the end of the process however it ends. Locks of different names have nothing to do with each other.
	Lock(ctx context.Context, name string) (Lease, error)

	// Watch calls changed with the key of every record that anybody writes, retires or forgets, this process and others, until ctx ends, whose
	// error it returns then. Several changes of one record may be told as one, and a key may be told once too often. Writers do not wait:
	// what changed is told soon, not at once.
	//
	// The zero Key says that any record may have changed. It is told first, as soon as every later change will be told, and again whenever
	// some may have been missed. So whoever reads what he cares about at each call misses nothing. changed is called from one goroutine at a
	// time, and may call the store.
	Watch(ctx context.Context, changed func(Key)) error

	// Uses reads what each address of a flow used last, in no order; none is no error. Without a flow: of all flows.
	Uses(ctx context.Context, flow string) ([]Use, error)

	// Value reads a named value of the store itself, such as its sealed hash key, or ErrNotFound.
	Value(ctx context.Context, name string) ([]byte, error)
	// SetValue writes a named value unless there is one, and returns the one that is there afterwards: of two that race, both get the
	// winner's.
	SetValue(ctx context.Context, name string, value []byte) ([]byte, error)

	// SwapValue writes a named value if the one that is there is old, else ErrConflict. A nil old: there is none yet; a nil value: there will
	// be none.
	SwapValue(ctx context.Context, name string, old, value []byte) error

	// Close waits for writes under way, ends what watches with an error, and gives up what the store holds. No other method may be called
	// after it; a second Close does nothing.
	Close() error
}

// Judge says whether an exchange may be begun, by the rows that count for each of its limits: rows gives those of the exchange's scope for the
// limit of that name, begun at since or later, in the order in which they were begun. A judge is quick, and calls nothing of the store.
type Judge func(rows func(limit string, since time.Time) ([]Exchange, error)) error

// Query selects rows of the ledger that fit all of its fields that are set; the zero Query selects all.
type Query struct {
	Vendor  string
	Account string
	Limit   string // with Scope: rows that count for the limit of that name and scope
	Scope   string
	Since   time.Time // rows begun at that time or later
}
