package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// record is one with every field set.
func record(k store.Key, generation uint64) *store.Record {
	at := start()
	return &store.Record{
		Key: k, Generation: generation, Sealed: []byte{0, 1, 0xff, 0}, MadeBy: "0.1.0+dev",
		IssuedAt: at, ExpiresAt: at.Add(time.Hour), UsableAt: at.Add(time.Second), Renewable: true, RenewUntil: at.Add(time.Minute),
		RetiredAt: at.Add(2 * time.Minute), Switches: 3,
		Trouble: store.Trouble{Class: "unavailable", Text: "no «answer»", At: at.Add(2), NextTry: at.Add(3), Count: 4},
		Clock:   reading(),
	}
}

func reading() store.Reading {
	return store.Reading{Boot: "3c9b8d30-8a4f-4d3e-9f4e-2f6c7f1f2a10", Up: 77*24*time.Hour + 1}
}

func testEmpty(t *testing.T, s store.Store) {
	ctx := t.Context()
	_, err := s.Record(ctx, key(1))
	notFound(t, "Record", err)
	_, err = s.Latch(ctx, store.LatchRef{Vendor: "sipauth", Scope: "x"})
	notFound(t, "Latch", err)
	_, err = s.Value(ctx, "x")
	notFound(t, "Value", err)

	records, err := s.Records(ctx, "sipauth", "x")
	if err != nil || len(records) != 0 {
		t.Errorf("Records of an empty store: %v, %v", records, err)
	}
	uses, err := s.Uses(ctx, "/flow.hcl")
	if err != nil || len(uses) != 0 {
		t.Errorf("Uses of an empty store: %v, %v", uses, err)
	}
	equal(t, exchanges(t, s, store.Query{}), []store.Exchange(nil))
	commit(t, s, store.Change{})
}

func notFound(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%s: error %v, want one that is ErrNotFound", what, err)
	}
}

func testRecord(t *testing.T, s store.Store) {
	want := record(key(1), 1)
	commit(t, s, store.Change{Put: want})
	got, err := s.Record(t.Context(), key(1))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, *want)

	// The one that follows takes its place whole: what it does not have is gone.
	bare := &store.Record{Key: key(1), Generation: 1}
	commit(t, s, store.Change{Put: bare, Expect: 1})
	got, err = s.Record(t.Context(), key(1))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, *bare)
	if got.Sealed != nil {
		t.Errorf("a record without a value came back with one: %v", got.Sealed)
	}

	_, err = s.Record(t.Context(), key(2))
	notFound(t, "the record of another key", err)
}

func testRecordTimes(t *testing.T, s store.Store) {
	r := record(key(1), 1)
	r.ExpiresAt = start().AddDate(500, 0, 0)
	commit(t, s, store.Change{Put: r})
	got, err := s.Record(t.Context(), key(1))
	if err != nil {
		t.Fatal(err)
	}
	if got.ExpiresAt.Year() < 2262 || got.ExpiresAt.After(r.ExpiresAt) {
		t.Errorf("an expiry in 500 years came back as %v", got.ExpiresAt)
	}
	for _, at := range []time.Time{got.IssuedAt, got.ExpiresAt, got.UsableAt, got.RenewUntil, got.RetiredAt, got.Trouble.At, got.Trouble.NextTry} {
		if at.Location() != time.UTC || strings.Contains(at.String(), "m=") {
			t.Errorf("the time %v came back, which is not plain UTC", at)
		}
	}
}

func testRecordsOfAccount(t *testing.T, s store.Store) {
	mine, other, elsewhere := key(1), key(2), key(1)
	second := store.Key{Vendor: mine.Vendor, Account: mine.Account, Fingerprint: key(3).Fingerprint}
	elsewhere.Vendor = "easemob"
	for _, k := range []store.Key{mine, other, elsewhere, second} {
		commit(t, s, store.Change{Put: record(k, 1)})
	}
	records, err := s.Records(t.Context(), mine.Vendor, mine.Account)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(records, func(a, b store.Record) int { return strings.Compare(a.Key.Fingerprint, b.Key.Fingerprint) })
	want := []store.Record{*record(mine, 1), *record(second, 1)}
	slices.SortFunc(want, func(a, b store.Record) int { return strings.Compare(a.Key.Fingerprint, b.Key.Fingerprint) })
	equal(t, records, want)
	all, err := s.Records(t.Context(), "", "")
	if err != nil || len(all) != 4 {
		t.Errorf("all records: %d, %v", len(all), err)
	}
}

// A key's parts are not run together: what belongs to one key is not found by another of the same text.
func testSwappedKeys(t *testing.T, s store.Store) {
	commit(t, s, store.Change{Put: record(store.Key{Vendor: "a", Account: "b", Fingerprint: "c"}, 1)})
	commit(t, s, store.Change{Latch: &store.Latch{Vendor: "a", Scope: "b"}})
	for _, k := range []store.Key{
		{Vendor: "a", Account: "c", Fingerprint: "b"},
		{Vendor: "ab", Account: "", Fingerprint: "c"},
		{Vendor: "a", Account: "bc", Fingerprint: ""},
		{Vendor: "A", Account: "b", Fingerprint: "c"},
	} {
		_, err := s.Record(t.Context(), k)
		notFound(t, "Record", err)
	}
	_, err := s.Latch(t.Context(), store.LatchRef{Vendor: "b", Scope: "a"})
	notFound(t, "Latch", err)
}

func testGeneration(t *testing.T, s store.Store) {
	for _, step := range []struct {
		expect, generation uint64
		err                error
	}{
		{expect: 1, generation: 2, err: store.ErrConflict}, // There is none.
		{expect: 0, generation: 0},                         // A failure before the first value.
		{expect: 0, generation: 1},
		{expect: 0, generation: 1, err: store.ErrConflict},
		{expect: 2, generation: 3, err: store.ErrConflict},
		{expect: 1, generation: 1}, // A failure while the value lives.
		{expect: 1, generation: 2},
		{expect: 1, generation: 2, err: store.ErrConflict},
		{expect: 2, generation: 1<<64 - 1},
		{expect: 1<<64 - 1, generation: 1},
	} {
		err := s.Commit(t.Context(), store.Change{Put: record(key(1), step.generation), Expect: step.expect})
		if !errors.Is(err, step.err) {
			t.Fatalf("put generation %d where %d is expected: error %v, want %v", step.generation, step.expect, err, step.err)
		}
	}
}

func testConflictWritesNothing(t *testing.T, s store.Store) {
	commit(t, s, store.Change{Put: record(key(1), 5)})
	sent, unsent := begin(t, s, store.Exchange{At: start()}), begin(t, s, store.Exchange{At: start()})
	err := s.Commit(t.Context(), store.Change{
		Outcomes: []store.Outcome{{ID: sent, Outcome: "ok"}},
		Unsent:   []int64{unsent},
		Put:      record(key(1), 5), Expect: 4,
		Forget: []store.Key{key(1)},
		Latch:  &store.Latch{Vendor: "sipauth", Scope: "x"},
		Use:    &store.Use{Flow: "/flow.hcl", Address: "auth.sipauth.a"},
	})
	if !errors.Is(err, store.ErrConflict) {
		t.Fatalf("error %v, want ErrConflict", err)
	}
	rows := exchanges(t, s, store.Query{})
	equal(t, ids(rows), []int64{sent, unsent})
	if rows[0].Outcome != "" {
		t.Errorf("the exchange was settled all the same: %q", rows[0].Outcome)
	}
	if _, err := s.Record(t.Context(), key(1)); err != nil {
		t.Errorf("the record: %v", err)
	}
	_, err = s.Latch(t.Context(), store.LatchRef{Vendor: "sipauth", Scope: "x"})
	notFound(t, "Latch", err)
	if uses, err := s.Uses(t.Context(), "/flow.hcl"); err != nil || len(uses) != 0 {
		t.Errorf("Uses: %v, %v", uses, err)
	}
}

func testForget(t *testing.T, s store.Store) {
	commit(t, s, store.Change{Put: record(key(1), 1)})
	commit(t, s, store.Change{Put: record(key(2), 1)})
	commit(t, s, store.Change{Forget: []store.Key{key(1), key(3)}})
	_, err := s.Record(t.Context(), key(1))
	notFound(t, "the forgotten record", err)
	if _, err := s.Record(t.Context(), key(2)); err != nil {
		t.Errorf("the other record: %v", err)
	}
	// The new record of a changed configuration retires the old one in one step.
	commit(t, s, store.Change{Put: record(key(1), 1), Forget: []store.Key{key(1), key(2)}})
	if _, err := s.Record(t.Context(), key(1)); err != nil {
		t.Errorf("the record put by the same change: %v", err)
	}
}

// The credential that another one of the account ended keeps the moment of its first end.
func testRetire(t *testing.T, s store.Store) {
	living, retired := record(key(1), 1), record(key(2), 1)
	living.RetiredAt = time.Time{}
	for _, r := range []*store.Record{living, retired} {
		commit(t, s, store.Change{Put: r})
	}
	end := start().Add(time.Hour)
	commit(t, s, store.Change{Put: record(key(3), 1), Retire: []store.Key{key(1), key(2), key(4)}, RetireAt: end})
	living.RetiredAt = end
	for _, want := range []*store.Record{living, retired, record(key(3), 1)} {
		got, err := s.Record(t.Context(), want.Key)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, got, *want)
	}
	_, err := s.Record(t.Context(), key(4))
	notFound(t, "a record that was not there to be retired", err)
}

func testLatch(t *testing.T, s store.Store) {
	first := &store.Latch{Vendor: "lingju", Scope: "x", Class: "invalid_credentials", Text: "refused", At: start()}
	other := &store.Latch{Vendor: "lingju", Scope: "y", Class: "invalid_request", At: start()}
	commit(t, s, store.Change{Latch: first})
	commit(t, s, store.Change{Latch: other})
	second := *first
	second.Text = "refused again"
	commit(t, s, store.Change{Latch: &second})
	got, err := s.Latch(t.Context(), store.LatchRef{Vendor: "lingju", Scope: "x"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, second)

	commit(t, s, store.Change{Unlatch: []store.LatchRef{{Vendor: "lingju", Scope: "x"}, {Vendor: "lingju", Scope: "z"}}})
	_, err = s.Latch(t.Context(), store.LatchRef{Vendor: "lingju", Scope: "x"})
	notFound(t, "the latch that was lifted", err)
	if _, err := s.Latch(t.Context(), store.LatchRef{Vendor: "lingju", Scope: "y"}); err != nil {
		t.Errorf("the other latch: %v", err)
	}
}
