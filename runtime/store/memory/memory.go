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
)

// Store is a store in memory. Its zero value does not work; see [New].
type Store struct {
	locks locks

	mu        sync.Mutex
	last      int64 // ID given last
	exchanges []store.Exchange
	records   map[store.Key]store.Record
	latches   map[store.LatchRef]store.Latch
	uses      map[address]store.Use
	values    map[string][]byte
}

// address is a flow's auth block, in the one folder or another.
type address struct{ flow, address string }

var _ store.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{
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
			return s.selected(store.Query{Limit: limit, Scope: e.Scopes[limit], Since: since}), nil
		})
		if err != nil {
			return 0, err
		}
	}
	s.last++
	s.exchanges = append(s.exchanges, store.Exchange{
		ID: s.last, At: utc(e.At), Key: e.Key, Address: e.Address, Operation: e.Operation, Process: e.Process,
		Scopes: maps.Clone(e.Scopes),
	})
	return s.last, nil
}

// Exchanges reads the rows of the ledger that q selects.
func (s *Store) Exchanges(ctx context.Context, q store.Query) ([]store.Exchange, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.selected(q), nil
}

func (s *Store) selected(q store.Query) []store.Exchange {
	var found []store.Exchange
	for _, e := range s.exchanges {
		if selects(q, e) {
			e.Scopes = maps.Clone(e.Scopes)
			found = append(found, e)
		}
	}
	return found
}

func selects(q store.Query, e store.Exchange) bool {
	if q.Limit != "" {
		if scope, counted := e.Scopes[q.Limit]; !counted || scope != q.Scope {
			return false
		}
	}
	return (q.Vendor == "" || q.Vendor == e.Key.Vendor) &&
		(q.Account == "" || q.Account == e.Key.Account) &&
		(q.Since.IsZero() || !e.At.Before(q.Since))
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

// Value reads a named value.
func (s *Store) Value(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[name]
	if !ok {
		return nil, store.ErrNotFound
	}
	return slices.Clone(v), nil
}

// SetValue writes a named value unless there is one.
func (s *Store) SetValue(ctx context.Context, name string, value []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.values[name]; !there {
		s.values[name] = slices.Clone(value)
	}
	return slices.Clone(s.values[name]), nil
}

// Close does nothing: the memory is freed with the Store.
func (s *Store) Close() error { return nil }
