package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/sqlite"
)

// schema1 copies the store that the authrun made that had schema 1: with two records, two exchanges of three that were begun, a latch, a use
// and a value. It is never made anew.
func schema1(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "schema1.db"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "authrun.db")
	write(t, path, string(b))
	return path
}

// contents is all that a store has.
type contents struct {
	Records   map[string]store.Record // by vendor
	Exchanges []store.Exchange
	Latch     store.Latch
	Uses      []store.Use
	Value     []byte
}

// contentsOf reads all that a store made by schema 1 has.
func contentsOf(t *testing.T, s store.Store) contents {
	t.Helper()
	ctx := t.Context()
	records, err := s.Records(ctx, "", "")
	rows, err2 := s.Exchanges(ctx, store.Query{})
	latch, err3 := s.Latch(ctx, store.LatchRef{Vendor: "sipauth", Scope: "s1"})
	uses, err4 := s.Uses(ctx, "")
	value, err5 := s.Value(ctx, "hash-key")
	if err := errors.Join(err, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	c := contents{Records: map[string]store.Record{}, Exchanges: rows, Latch: latch, Uses: uses, Value: value}
	for _, r := range records {
		c.Records[r.Key.Vendor] = r
	}
	return c
}

// first is what was written into the fixture.
func first() contents {
	at := time.Date(2026, 11, 20, 8, 30, 0, 123456789, time.UTC)
	one, two := store.Key{Vendor: "lingju", Account: "a1", Fingerprint: "f1"}, store.Key{Vendor: "sipauth", Account: "a2", Fingerprint: "f2"}
	return contents{
		Records: map[string]store.Record{
			"lingju": {Key: one, Generation: 3, Sealed: []byte{0, 1, 0xff, 0}, MadeBy: "0.1.0", IssuedAt: at, ExpiresAt: at.Add(time.Hour),
				UsableAt: at.Add(time.Second), Renewable: true, RenewUntil: at.Add(time.Minute), RetiredAt: at.Add(2 * time.Minute), Switches: 2,
				Trouble: store.Trouble{Class: "unavailable", Text: "no answer", At: at.Add(2), NextTry: at.Add(3), Count: 4}},
			"sipauth": {Key: two},
		},
		Exchanges: []store.Exchange{
			{ID: 1, At: at, Key: one, Address: "auth.lingju.robot", Operation: "acquire", Process: "host 42",
				Scopes: map[string]string{"monthly": "m1", "interval": "i1"}, Outcome: "ok", Status: 200, Took: 1500 * time.Millisecond, Generation: 3},
			{ID: 3, At: at.Add(time.Minute), Key: two, Address: `auth.sipauth.desk["a"]`, Operation: "renew", Process: "host 43"},
		},
		Latch: store.Latch{Vendor: "sipauth", Scope: "s1", Class: "invalid_credentials", Text: "refused", At: at},
		Uses:  []store.Use{{Flow: "/srv/flow.hcl", Address: "auth.lingju.robot", Key: one, Inputs: []byte("inputs"), At: at}},
		Value: []byte{0, 1, 2, 0xff},
	}
}

func TestMigrates(t *testing.T) {
	path := schema1(t)
	s, created, err := sqlite.Open(t.Context(), path, sqlite.Options{Version: "0.2.0", MustExist: true})
	if err != nil || created {
		t.Fatalf("created %v, error %v", created, err)
	}
	if diff := cmp.Diff(first(), contentsOf(t, s)); diff != "" {
		t.Errorf("-written by schema 1 +read:\n%s", diff)
	}
	rows, err := s.Exchanges(t.Context(), store.Query{Limit: "monthly", Scope: "m1"})
	if err != nil || len(rows) != 1 {
		t.Errorf("%d exchanges count for the limit: %v", len(rows), err)
	}
	id, err := s.Begin(t.Context(), store.Exchange{At: time.Now()}, nil)
	if err != nil || id != 4 {
		t.Errorf("the next exchange has the ID %d (%v)", id, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for name, want := range map[string]string{"oldest": "0.1.0", "migrated_by": "0.2.0", "created": "2026-11-20T08:30:00Z"} {
		var got string
		if err := db.QueryRow("SELECT value FROM meta WHERE name = ?", name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
}

// What a crash left in the WAL of the old schema is not lost.
func TestMigratesAfterACrash(t *testing.T) {
	path := schema1(t)
	old := older(t, path)
	old.exec(t, insertExchange1, "auth.lingju.late")
	crashed := crash(t, path)
	rows, err := open(t, crashed, sqlite.Options{}).Exchanges(t.Context(), store.Query{})
	if err != nil || len(rows) != 3 || rows[2].Address != "auth.lingju.late" {
		t.Errorf("the ledger has %+v (%v)", rows, err)
	}
}

// Of those who open an old store at the same time all find it migrated, and nothing is lost.
func TestMigratesOnce(t *testing.T) {
	path := schema1(t)
	const openers = 8
	var all sync.WaitGroup
	for n := range openers {
		all.Go(func() {
			s, created, err := sqlite.Open(context.Background(), path, sqlite.Options{})
			if err != nil || created {
				t.Errorf("created %v, error %v", created, err)
				return
			}
			_, err = s.Begin(context.Background(), store.Exchange{At: time.Now(), Address: fmt.Sprint(n)}, nil)
			if err := errors.Join(err, s.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := contentsOf(t, open(t, path, sqlite.Options{}))
	want := first()
	if len(got.Exchanges) != len(want.Exchanges)+openers {
		t.Errorf("%d exchanges", len(got.Exchanges))
	}
	got.Exchanges = got.Exchanges[:2]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A migration that ends in the middle leaves what was there, and the next one does it all.
func TestMigrationIsInterrupted(t *testing.T) {
	path := schema1(t)
	old := older(t, path)
	old.exec(t, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE; ALTER TABLE record ADD COLUMN boot TEXT NOT NULL DEFAULT ''")
	old.exec(t, "ALTER TABLE exchange ADD COLUMN needed INTEGER; CREATE TABLE written (revision INTEGER PRIMARY KEY)")
	for range 50 { // Enough for pages to get into the WAL before the end.
		old.exec(t, "INSERT INTO value (name, content) VALUES (hex(randomblob(16)), zeroblob(4000))")
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() < 50*4000 {
		t.Fatalf("nothing of the migration is in the WAL: %v, %v", info, err)
	}
	crashed := crash(t, path)
	if diff := cmp.Diff(first(), contentsOf(t, open(t, crashed, sqlite.Options{}))); diff != "" {
		t.Errorf("-written by schema 1 +read:\n%s", diff)
	}
}

// insertExchange1 and the others are what an authrun with schema 1 writes.
const (
	insertExchange1 = `INSERT INTO exchange (at, vendor, account, fingerprint, address, operation, process, scopes, outcome, status, took,
		generation) VALUES (1, 'lingju', 'a1', 'f1', ?, 'acquire', 'host 1', '', '', 0, 0, 0)`
	putRecord1 = `INSERT OR REPLACE INTO record (vendor, account, fingerprint, generation, sealed, made_by, issued_at, expires_at, usable_at,
		renewable, renew_until, retired_at, switches, trouble_class, trouble_text, trouble_at, trouble_next, trouble_count)
		VALUES ('lingju', 'a1', 'f1', 4, x'00', '0.1.0', 1, 2, 3, 0, 4, 5, 0, '', '', NULL, NULL, 0)`
	readRecord1 = `SELECT generation FROM record WHERE vendor = 'lingju'`
)

// An authrun with schema 1 that is running while its store is migrated goes on, and what it writes is read. What it knows nothing of is not known of
// its rows.
func TestOlderGoesOn(t *testing.T) {
	path := schema1(t)
	old := older(t, path)
	insert, put := old.prepare(t, insertExchange1), old.prepare(t, putRecord1)
	s := open(t, path, sqlite.Options{})
	lingju := store.Key{Vendor: "lingju", Account: "a1", Fingerprint: "f1"}
	r, err := s.Record(t.Context(), lingju)
	if err != nil {
		t.Fatal(err)
	}
	r.Clock = store.Reading{Boot: "a", Up: 1}
	if err := s.Commit(t.Context(), store.Change{Put: &r, Expect: r.Generation}); err != nil {
		t.Fatal(err)
	}
	if _, err := insert.Exec("auth.lingju.old"); err != nil {
		t.Fatal(err)
	}
	if _, err := put.Exec(); err != nil {
		t.Fatal(err)
	}
	rows, err := s.Exchanges(t.Context(), store.Query{})
	if err != nil || len(rows) != 3 || rows[2].Address != "auth.lingju.old" || !rows[2].Needed.IsZero() {
		t.Errorf("the ledger has %+v (%v)", rows, err)
	}
	if r, err = s.Record(t.Context(), lingju); err != nil || r.Generation != 4 || r.Clock != (store.Reading{}) {
		t.Errorf("the record is %+v (%v)", r, err)
	}
	var generation int
	if err := old.db.QueryRow(readRecord1).Scan(&generation); err != nil || generation != 4 {
		t.Errorf("the older one reads generation %d (%v)", generation, err)
	}
}

// oldProcess is one connection, as an older authrun has it.
type oldProcess struct{ db *sql.DB }

func older(t *testing.T, path string) oldProcess {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_synchronous=FULL")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return oldProcess{db}
}

func (o oldProcess) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := o.db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o oldProcess) prepare(t *testing.T, query string) *sql.Stmt {
	t.Helper()
	s, err := o.db.Prepare(query)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// crash is where a database and its WAL are as they lie on the disk now: what is found when all its processes end at once.
func crash(t *testing.T, path string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "authrun.db")
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		write(t, copied+suffix, string(b))
	}
	return copied
}
