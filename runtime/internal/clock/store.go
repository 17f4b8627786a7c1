package clock

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// Store is a store whose times are those of a clock as it stands now. What is written through it gets a reading, and what is read is moved by as
// much as the clock was put since. Retired is the exception: it is written into a record that stays as it was, so that the earlier one of the
// two times holds.
type Store struct {
	store.Store
	clock *Clock

	mu     sync.Mutex
	latest time.Time     // of the times that were read
	of     store.Reading // that belongs to it; zero: it stays as it is
}

// NewStore makes one of a store.
func NewStore(s store.Store, c *Clock) *Store { return &Store{Store: s, clock: c} }

// ahead is from which difference on a time that was read counts as one of the future: hosts that share a store do not agree on every second.
const ahead = 5 * time.Second

// Ahead is the latest time that was read of something that has happened, and lies in the future: the clock is behind that of whoever wrote it.
// ok is false where there is none.
func (s *Store) Ahead() (latest time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	latest = s.latest.Add(s.clock.put(s.latest, s.of))
	return latest, IsAhead(latest, s.clock.Now())
}

// IsAhead tells whether a time of something that has happened lies in the future.
func IsAhead(at, now time.Time) bool { return at.Sub(now) > ahead }

// saw notes the time of something that has happened, which was written with a reading.
func (s *Store) saw(at time.Time, written store.Reading) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !at.After(s.latest) {
		return
	}
	s.latest, s.of = at, store.Reading{}
	if now := s.clock.reading(at); now.Boot == written.Boot {
		s.of = now // so that it moves with the clock, as it does in the store
	}
}

// Record reads one record.
func (s *Store) Record(ctx context.Context, key store.Key) (store.Record, error) {
	r, err := s.Store.Record(ctx, key)
	if err != nil {
		return r, err
	}
	return s.record(r), nil
}

// Records reads the records of one account, or all.
func (s *Store) Records(ctx context.Context, vendor, account string) ([]store.Record, error) {
	records, err := s.Store.Records(ctx, vendor, account)
	for i, r := range records {
		records[i] = s.record(r)
	}
	return records, err
}

// made is the moment that a record's reading is for.
func made(r store.Record) time.Time {
	if r.IssuedAt.IsZero() {
		return r.Trouble.At
	}
	return r.IssuedAt
}

func (s *Store) record(r store.Record) store.Record {
	if by := s.clock.put(made(r), r.Clock); by != 0 {
		retired := r.RetiredAt
		for _, at := range []*time.Time{&r.IssuedAt, &r.ExpiresAt, &r.UsableAt, &r.RenewUntil, &r.RetiredAt, &r.Trouble.At, &r.Trouble.NextTry} {
			move(at, by)
		}
		if retired.Before(r.RetiredAt) {
			r.RetiredAt = retired
		}
	}
	s.saw(r.IssuedAt, r.Clock)
	s.saw(r.Trouble.At, r.Clock)
	// Nobody waits for longer than the vendor said, however far in the future the record was written.
	if now := s.clock.Now(); !r.UsableAt.IsZero() && now.Before(r.IssuedAt) {
		r.UsableAt = now.Add(r.UsableAt.Sub(r.IssuedAt))
	}
	return r
}

func move(at *time.Time, by time.Duration) {
	if !at.IsZero() {
		*at = at.Add(by)
	}
}

// Exchanges reads the rows of the ledger that q selects.
func (s *Store) Exchanges(ctx context.Context, q store.Query) ([]store.Exchange, error) {
	since := q.Since
	if !since.IsZero() {
		late, err := s.late(ctx)
		if err != nil {
			return nil, err
		}
		q.Since = since.Add(-late)
	}
	rows, err := s.Store.Exchanges(ctx, q)
	return s.exchanges(rows, since), err
}

func (s *Store) exchanges(rows []store.Exchange, since time.Time) []store.Exchange {
	for i, e := range rows {
		move(&rows[i].At, s.clock.put(e.At, e.Clock))
		s.saw(rows[i].At, e.Clock)
	}
	return slices.DeleteFunc(rows, func(e store.Exchange) bool { return e.At.Before(since) })
}

// Begin writes a row of the ledger, if judge allows it by the rows as they are moved.
func (s *Store) Begin(ctx context.Context, e store.Exchange, judge store.Judge) (int64, error) {
	late, err := s.note(ctx)
	if err != nil {
		return 0, err
	}
	if s.clock.known() {
		e.Clock = s.clock.reading(e.At)
	}
	if judge == nil {
		return s.Store.Begin(ctx, e, nil)
	}
	return s.Store.Begin(ctx, e, func(rows func(limit string, since time.Time) ([]store.Exchange, error)) error {
		return judge(func(limit string, since time.Time) ([]store.Exchange, error) {
			from := since
			if !from.IsZero() {
				from = from.Add(-late)
			}
			all, err := rows(limit, from)
			return s.exchanges(all, since), err
		})
	})
}

// Commit writes a change.
func (s *Store) Commit(ctx context.Context, c store.Change) error {
	if c.Put != nil && s.clock.known() {
		put := *c.Put
		put.Clock = s.clock.reading(made(put))
		c.Put = &put
	}
	return s.Store.Commit(ctx, c)
}
