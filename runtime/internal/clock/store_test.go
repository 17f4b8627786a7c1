package clock

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/runtime/store/storetest"
)

// A store that counts time is a store like all others.
func TestStore(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, rows int) (here, there store.Store) {
		s := memory.With(memory.Options{Rows: rows})
		return NewStore(s, New(time.Now, nil)), NewStore(s, New(time.Now, nil))
	})
}

var key = store.Key{Vendor: "shop", Account: "a", Fingerprint: "f"}

func commit(t *testing.T, s store.Store, c store.Change) {
	t.Helper()
	if err := s.Commit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func record(t *testing.T, s store.Store) store.Record {
	t.Helper()
	r, err := s.Record(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Records(t.Context(), "", "")
	if err != nil || len(all) != 1 || !all[0].ExpiresAt.Equal(r.ExpiresAt) {
		t.Errorf("one by one it is %v, among all %v (%v)", r, all, err)
	}
	return r
}

// What a record says lies as far from now as it did, whoever put the clock meanwhile.
func TestRecordsMove(t *testing.T) {
	for _, c := range []struct {
		name string
		by   time.Duration
		boot bool // the machine was started anew
		want time.Duration
	}{
		{"put back", -2 * time.Hour, false, -2 * time.Hour},
		{"put forward", 24 * time.Hour, false, 24 * time.Hour},
		{"steered", 300 * time.Millisecond, false, 0},
		{"another boot", -2 * time.Hour, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, db := newMachine(), memory.New()
			now := m.wall
			written := store.Record{Key: key, Generation: 1, Sealed: []byte("x"), IssuedAt: now.Add(-time.Second), ExpiresAt: now.Add(time.Hour),
				UsableAt: now.Add(-time.Second), RenewUntil: now.Add(2 * time.Hour),
				Trouble: store.Trouble{Class: "unavailable", At: now, NextTry: now.Add(time.Minute), Count: 1}}
			commit(t, NewStore(db, m.clock()), store.Change{Put: &written})
			if written.Clock != (store.Reading{}) {
				t.Error("the caller's record was changed")
			}
			m.put(c.by)
			if c.boot {
				m.restart()
			}
			want := written
			for _, at := range []*time.Time{&want.IssuedAt, &want.ExpiresAt, &want.RenewUntil, &want.Trouble.At, &want.Trouble.NextTry} {
				*at = at.Add(c.want)
			}
			got := record(t, NewStore(db, m.clock()))
			got.Clock = store.Reading{}
			got.UsableAt, want.UsableAt = time.Time{}, time.Time{}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the record is (- wanted, + got)\n%s", diff)
			}
		})
	}
}

// What never ends does not begin to, and a record that only remembers a failure has a reading, too.
func TestRecordsWithoutTimes(t *testing.T) {
	m, db := newMachine(), memory.New()
	s := NewStore(db, m.clock())
	commit(t, s, store.Change{Put: &store.Record{Key: key, Trouble: store.Trouble{Class: "unavailable", At: m.wall, NextTry: m.wall.Add(time.Minute), Count: 1}}})
	m.put(-time.Hour)
	r := record(t, s)
	if !r.ExpiresAt.IsZero() || !r.IssuedAt.IsZero() || !r.RetiredAt.IsZero() || !r.Trouble.NextTry.Equal(m.wall.Add(time.Minute)) {
		t.Errorf("the record is %+v", r)
	}
	commit(t, s, store.Change{Put: &store.Record{Key: key}})
	if r := record(t, s); r.Clock != (store.Reading{}) {
		t.Errorf("a record without a time has the reading %+v", r.Clock)
	}
}

// A credential that was retired stays so, whether the clock was put before that or after it.
func TestRetiredStaysRetired(t *testing.T) {
	for name, puts := range map[string][2]time.Duration{"forward before": {24 * time.Hour, 0}, "back before": {-2 * time.Hour, 0},
		"forward after": {0, 24 * time.Hour}, "back after": {0, -2 * time.Hour}} {
		m, db := newMachine(), memory.New()
		commit(t, NewStore(db, m.clock()), store.Change{Put: &store.Record{Key: key, IssuedAt: m.wall, Generation: 1, Sealed: []byte("x")}})
		m.pass(time.Minute)
		m.put(puts[0])
		commit(t, NewStore(db, m.clock()), store.Change{Retire: []store.Key{key}, RetireAt: m.wall})
		m.pass(time.Minute)
		m.put(puts[1])
		if r := record(t, NewStore(db, m.clock())); r.RetiredAt.After(m.wall) {
			t.Errorf("%s: it is to be retired in %s", name, r.RetiredAt.Sub(m.wall))
		}
	}
}

func TestLedgerMoves(t *testing.T) {
	m, db := newMachine(), memory.New()
	begin := func() {
		t.Helper()
		e := store.Exchange{At: m.wall, Key: key, Scopes: map[string]string{"daily": "d"}}
		if _, err := NewStore(db, m.clock()).Begin(t.Context(), e, nil); err != nil {
			t.Fatal(err)
		}
	}
	// It is a day earlier than this host thinks: then somebody mends that.
	begin()
	m.pass(time.Minute)
	m.put(24 * time.Hour)
	begin()
	m.pass(time.Minute)
	s := NewStore(db, m.clock())
	want := []time.Time{m.wall.Add(-2 * time.Minute), m.wall.Add(-time.Minute)}
	hour := m.wall.Add(-time.Hour)
	rows, err := s.Exchanges(t.Context(), store.Query{Since: hour})
	if diff := cmp.Diff(want, times(rows)); diff != "" || err != nil {
		t.Errorf("of the last hour (- wanted, + got)\n%s%v", diff, err)
	}
	refused := errors.New("refused")
	_, err = s.Begin(t.Context(), store.Exchange{At: m.wall, Scopes: map[string]string{"daily": "d"}},
		func(rows func(string, time.Time) ([]store.Exchange, error)) error {
			judged, err := rows("daily", hour)
			if diff := cmp.Diff(want, times(judged)); diff != "" || err != nil {
				t.Errorf("judged by (- wanted, + got)\n%s%v", diff, err)
			}
			if none, err := rows("daily", m.wall.Add(-time.Second)); len(none) > 0 || err != nil {
				t.Errorf("of the last second: %v, %v", none, err)
			}
			return refused
		})
	if !errors.Is(err, refused) {
		t.Errorf("error %v", err)
	}
}

func times(rows []store.Exchange) []time.Time {
	var all []time.Time
	for _, e := range rows {
		all = append(all, e.At)
	}
	return all
}

// A machine that was started with a clock which is behind what it wrote before says so; one whose clock was put within a run has nothing to say.
func TestAhead(t *testing.T) {
	m, db := newMachine(), memory.New()
	commit(t, NewStore(db, m.clock()), store.Change{Put: &store.Record{Key: key, Generation: 1, IssuedAt: m.wall, UsableAt: m.wall.Add(3 * time.Second)}})
	written := m.wall
	m.pass(time.Minute)
	m.put(-2 * time.Hour)
	s := NewStore(db, m.clock())
	record(t, s)
	if at, ok := s.Ahead(); ok {
		t.Errorf("within one run %s lies in the future", at)
	}
	m.restart()
	s = NewStore(db, m.clock())
	if _, ok := s.Ahead(); ok {
		t.Error("something lies in the future, and nothing was read")
	}
	r := record(t, s)
	if at, ok := s.Ahead(); !ok || !at.Equal(written) {
		t.Errorf("in the future lies %s (%v), want %s", at, ok, written)
	}
	if left := r.UsableAt.Sub(m.wall); left != 3*time.Second {
		t.Errorf("it is usable in %s", left)
	}
	m.put(3 * time.Hour)
	if at, ok := s.Ahead(); ok {
		t.Errorf("%s lies in the future of a clock that was set right", at)
	}
}

// counting is a store that counts the rows that are read of its ledger.
type counting struct {
	store.Store
	rows int
}

func (c *counting) Exchanges(ctx context.Context, q store.Query) ([]store.Exchange, error) {
	rows, err := c.Store.Exchanges(ctx, q)
	c.rows += len(rows)
	return rows, err
}

// Only the rows of a window are read, as long as nobody puts the clock forward.
func TestLedgerReadsNoMoreThanItMust(t *testing.T) {
	m, db := newMachine(), &counting{Store: memory.New()}
	for range 50 {
		if _, err := NewStore(db, m.clock()).Begin(t.Context(), store.Exchange{At: m.wall}, nil); err != nil {
			t.Fatal(err)
		}
		m.pass(time.Hour)
	}
	recent := func() int {
		t.Helper()
		db.rows = 0
		rows, err := NewStore(db, m.clock()).Exchanges(t.Context(), store.Query{Since: m.wall.Add(-4 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	if got := recent(); got != 4 || db.rows > 5 {
		t.Errorf("got %d rows, of %d", got, db.rows)
	}
	m.put(-2 * time.Hour)
	if got := recent(); got != 4 || db.rows > 7 {
		t.Errorf("put back: got %d rows, of %d", got, db.rows)
	}
	m.put(8 * time.Hour)
	if got := recent(); got != 4 || db.rows > 12 {
		t.Errorf("put forward: got %d rows, of %d", got, db.rows)
	}
}

// The store knows of a few runs of machines, however often they are started.
func TestRunsAreFew(t *testing.T) {
	m, db := newMachine(), memory.New()
	for i := range 2 * runsMost {
		m.boot, m.up = fmt.Sprint("boot ", i), 0
		m.pass(time.Hour)
		s := NewStore(db, m.clock())
		if _, err := s.Begin(t.Context(), store.Exchange{At: m.wall}, nil); err != nil {
			t.Fatal(err)
		}
		known, _, err := s.runs(t.Context())
		if _, ok := known[m.boot]; err != nil || !ok || len(known) > runsMost {
			t.Fatalf("%d runs are known, this one %v (%v)", len(known), ok, err)
		}
	}
	if _, err := db.Value(t.Context(), runsName); err != nil {
		t.Fatal(err)
	}
}

// What is no note of the clock is told, and nothing is sent.
func TestRunsDamaged(t *testing.T) {
	m, db := newMachine(), memory.New()
	if _, err := db.SetValue(t.Context(), runsName, []byte("[]")); err != nil {
		t.Fatal(err)
	}
	s := NewStore(db, m.clock())
	if _, err := s.Begin(t.Context(), store.Exchange{At: m.wall}, nil); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("begun: %v", err)
	}
	if _, err := s.Exchanges(t.Context(), store.Query{Since: m.wall}); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("read: %v", err)
	}
}
