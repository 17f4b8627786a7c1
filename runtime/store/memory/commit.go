package memory

import (
	"context"
	"slices"
	"sort"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// Commit writes a change.
func (s *Store) Commit(ctx context.Context, c store.Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range c.Given {
		if !s.has(g) {
			return store.ErrStale
		}
	}
	if c.Put != nil && s.records[c.Put.Key].Generation != c.Expect {
		return store.ErrConflict
	}
	for _, o := range c.Outcomes {
		if i, ok := s.find(o.ID); ok {
			e := &s.exchanges[i]
			e.Outcome, e.Status, e.Took, e.Generation = o.Outcome, o.Status, o.Took, o.Generation
		}
	}
	for _, id := range c.Unsent {
		if i, ok := s.find(id); ok && s.exchanges[i].Outcome == "" {
			s.exchanges = slices.Delete(s.exchanges, i, i+1)
		}
	}
	s.change(c)
	for _, ref := range c.Unlatch {
		delete(s.latches, ref)
	}
	if c.Latch != nil {
		l := *c.Latch
		l.At = utc(l.At)
		s.latches[store.LatchRef{Vendor: l.Vendor, Scope: l.Scope}] = l
	}
	if c.Use != nil {
		u := *c.Use
		u.Inputs, u.At = slices.Clone(u.Inputs), utc(u.At)
		s.uses[address{u.Flow, u.Address}] = u
	}
	return nil
}

// change does what a change says of records, and tells those who watch.
func (s *Store) change(c store.Change) {
	var changed []store.Key
	for _, key := range c.Retire {
		if r, ok := s.records[key]; ok && r.RetiredAt.IsZero() {
			r.RetiredAt = utc(c.RetireAt)
			s.records[key] = r
			changed = append(changed, key)
		}
	}
	for _, key := range c.Forget {
		delete(s.records, key)
		changed = append(changed, key)
	}
	if c.Put != nil {
		s.records[c.Put.Key] = copyRecord(*c.Put)
		changed = append(changed, c.Put.Key)
	}
	s.board.Tell(changed...)
}

// find is the index of the exchange with that ID. They lie in the order of their IDs.
func (s *Store) find(id int64) (int, bool) {
	i := sort.Search(len(s.exchanges), func(i int) bool { return s.exchanges[i].ID >= id })
	return i, i < len(s.exchanges) && s.exchanges[i].ID == id
}

// copyRecord makes a copy that shares no memory, with the times as the interface promises them.
func copyRecord(r store.Record) store.Record {
	r.Sealed = slices.Clone(r.Sealed)
	for _, t := range []*time.Time{&r.IssuedAt, &r.ExpiresAt, &r.UsableAt, &r.RenewUntil, &r.RetiredAt, &r.Trouble.At, &r.Trouble.NextTry} {
		*t = utc(*t)
	}
	return r
}

// utc drops zone and monotonic clock.
func utc(t time.Time) time.Time { return t.UTC().Round(0) }
