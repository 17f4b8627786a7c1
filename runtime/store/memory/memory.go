// Package memory is a store that forgets all when its process ends: for tests, for simulations, and for embedders who keep nothing.
//
// It keeps every rule of store.Store but one: nothing survives the process, and no other process sees it. It may be imported by whoever
// needs a store; it is never the default of anything, because a lost ledger means a limit that is not kept.
package memory

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/internal/news"
)

// Options are the settings of [With]. The zero value works.
type Options struct {
	// Rows is how many of the exchanges begun last are kept in any case. Older ones are deleted when no limit needs them any more; 0: 100,000.
	Rows int
}

// Store is a store in memory. Its zero value does not work; see [New].
type Store struct {
	rows  int // of Options
	locks locks
	board news.Board

	mu        sync.Mutex
	last      int64 // ID given last
	full      int   // so many exchanges are a reason to look for old ones: not at each, because all are moved
	exchanges []store.Exchange
	records   map[store.Key]store.Record
	latches   map[store.LatchRef]store.Latch
	uses      map[address]store.Use
	values    map[string][]byte
	closed    bool
}

// address is a flow's auth block, in the one folder or another.
type address struct{ flow, address string }

var _ store.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store { return With(Options{}) }

// With returns an empty store with settings of its own.
func With(o Options) *Store {
	if o.Rows == 0 {
		o.Rows = 100_000
	}
	return &Store{
		rows:    o.Rows,
		full:    o.Rows + 1,
		records: map[store.Key]store.Record{},
		latches: map[store.LatchRef]store.Latch{},
		uses:    map[address]store.Use{},
		values:  map[string][]byte{},
	}
}

// Record reads one record.
func (s *Store) Record(ctx context.Context, key store.Key) (store.Record, error) {
	if err := ctx.Err(); err != nil {
		return store.Record{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[key]
	if !ok {
		return store.Record{}, store.ErrNotFound
	}
	return copyRecord(r), nil
}

// Records reads the records of one account.
func (s *Store) Records(ctx context.Context, vendor, account string) ([]store.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []store.Record
	for key, r := range s.records {
		if key.Vendor == vendor && key.Account == account || vendor == "" && account == "" {
			found = append(found, copyRecord(r))
		}
	}
	return found, nil
}

// Latch reads one latch.
func (s *Store) Latch(ctx context.Context, ref store.LatchRef) (store.Latch, error) {
	if err := ctx.Err(); err != nil {
		return store.Latch{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.latches[ref]
	if !ok {
		return store.Latch{}, store.ErrNotFound
	}
	return l, nil
}

// Begin writes a row of the ledger, if judge allows it.
func (s *Store) Begin(ctx context.Context, e store.Exchange, judge store.Judge) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if judge != nil {
		err := judge(func(limit string, since time.Time) ([]store.Exchange, error) {
			return s.selected(store.Query{Limit: limit, Scope: e.Scopes[limit], Since: since}, false), nil // a judge changes nothing
		})
		if err != nil {
			return 0, err
		}
	}
	s.last++
	s.exchanges = append(s.exchanges, store.Exchange{
		ID: s.last, At: utc(e.At), Key: e.Key, Address: e.Address, Operation: e.Operation, Process: e.Process,
		Scopes: maps.Clone(e.Scopes), Needed: utc(e.Needed), Clock: e.Clock,
	})
	s.prune(e.At)
	return s.last, nil
}

// prune deletes rows beyond the newest ones that no limit needs at now.
func (s *Store) prune(now time.Time) {
	if len(s.exchanges) < s.full {
		return
	}
	old := len(s.exchanges) - s.rows
	kept := slices.DeleteFunc(s.exchanges[:old:old], func(e store.Exchange) bool { return !e.Needed.IsZero() && e.Needed.Before(now) })
	if len(kept) < old {
		s.exchanges = append(kept, s.exchanges[old:]...)
	}
	s.full = len(s.exchanges) + s.rows/4 + 1
}

// Exchanges reads the rows of the ledger that q selects.
func (s *Store) Exchanges(ctx context.Context, q store.Query) ([]store.Exchange, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.selected(q, true), nil
}

// selected are the rows that q selects; own: the caller may change them.
func (s *Store) selected(q store.Query, own bool) []store.Exchange {
	var found []store.Exchange
	for i := range s.exchanges {
		if e := &s.exchanges[i]; selects(q, e) {
			found = append(found, *e)
			if own {
				found[len(found)-1].Scopes = maps.Clone(e.Scopes)
			}
		}
	}
	return found
}

func selects(q store.Query, e *store.Exchange) bool {
	if !q.Since.IsZero() && e.At.Before(q.Since) {
		return false
	}
	if q.Limit != "" {
		if scope, counted := e.Scopes[q.Limit]; !counted || scope != q.Scope {
			return false
		}
	}
	return (q.Vendor == "" || q.Vendor == e.Key.Vendor) &&
		(q.Account == "" || q.Account == e.Key.Account)
}

// Uses reads what each address of a flow used last.
func (s *Store) Uses(ctx context.Context, flow string) ([]store.Use, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []store.Use
	for at, u := range s.uses {
		if at.flow == flow || flow == "" {
			u.Inputs = slices.Clone(u.Inputs)
			found = append(found, u)
		}
	}
	return found, nil
}

// Watch calls changed for every record that is written, retired or forgotten.
func (s *Store) Watch(ctx context.Context, changed func(store.Key)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return news.ErrClosed
	}
	reader := s.board.Join()
	s.mu.Unlock()
	defer s.board.Leave(reader)
	return reader.Read(ctx, changed)
}

// Close ends what watches. The memory is freed with the Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.board.End(news.ErrClosed)
	return nil
}
