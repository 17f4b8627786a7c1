package credential

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/limit"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// leased is a store that several hosts share: the locks that it gives can be lost.
type leased struct {
	store.Store
	lost chan struct{}
	lose func() // once
}

func newLeased(s store.Store) *leased {
	lost := make(chan struct{})
	return &leased{Store: s, lost: lost, lose: sync.OnceFunc(func() { close(lost) })}
}

func (s *leased) Lock(ctx context.Context, name string) (store.Lease, error) {
	held, err := s.Store.Lock(ctx, name)
	return lease{held, s.lost}, err
}

type lease struct {
	store.Lease
	lost chan struct{}
}

func (l lease) Lost() <-chan struct{} { return l.lost }

// TestLockLostBeforeTheCall shows that nobody is called for an account whose lock may be another's.
func TestLockLostBeforeTheCall(t *testing.T) {
	s := newSite(t)
	shared := newLeased(s.store)
	s.keeper.Store = shared
	b := s.block("x")
	plugin := b.Plugin
	b.Plugin = func(ctx context.Context) (sdk.Plugin, error) {
		shared.lose()
		<-ctx.Done()
		return plugin(ctx)
	}
	f := s.fails(b)
	if f.Class != ClassStore || f.Text != "The account's lock was lost, without which no vendor is called." {
		t.Errorf("it failed with %+v", f)
	}
	s.wantCalls(0)
	s.wantLedger()
}

// TestLockLostDuringTheCall shows that what a vendor gave is kept even if the lock was lost meanwhile.
func TestLockLostDuringTheCall(t *testing.T) {
	s := newSite(t)
	shared := newLeased(s.store)
	s.keeper.Store = shared
	b := s.block("x")
	s.answer = func(int) (int, string) {
		shared.lose()
		return 200, "a token"
	}
	if v := s.ensure(b); v.Did != Acquire || tokenOf(v) != "a token" {
		t.Errorf("it is %+v", v)
	}
	s.wantCalls(1)
	s.wantLedger("acquire ok")
}

// TestLockLostBetweenTries shows that a failed try is not repeated without the lock.
func TestLockLostBetweenTries(t *testing.T) {
	s := newSite(t)
	shared := newLeased(s.store)
	s.keeper.Store = shared
	s.keeper.Sleep = func(ctx context.Context, _ time.Duration) error {
		shared.lose()
		<-ctx.Done()
		return ctx.Err()
	}
	b := s.block("x")
	b.Retry.Attempts = 3
	s.answer = func(int) (int, string) { return 200, "refuse unavailable" }
	s.fails(b)
	s.wantCalls(1)
	s.wantLedger("acquire unavailable")
}

// TestLockLostWhileItLives shows that a stored value is gone on with when the lock is lost.
func TestLockLostWhileItLives(t *testing.T) {
	s := newSite(t)
	shared := newLeased(s.store)
	b := s.block("x")
	s.ensure(b)
	s.pass(57 * time.Minute)
	s.keeper.Store = shared
	plugin := b.Plugin
	b.Plugin = func(ctx context.Context) (sdk.Plugin, error) {
		shared.lose()
		<-ctx.Done()
		return plugin(ctx)
	}
	if v := s.ensure(b); v.Did != Reuse || v.Class != ClassStore {
		t.Errorf("it is %+v", v)
	}
	s.wantCalls(1)
}

// TestRowsSayHowLongTheyAreNeeded shows that the store learns until when a limit may count an exchange.
func TestRowsSayHowLongTheyAreNeeded(t *testing.T) {
	s := newSite(t)
	for secret, limits := range map[string][]sdk.Limit{"without": nil, "with": {quota(3)}} {
		s.ensure(s.limited(secret, limits...))
		rows, err := s.store.Exchanges(t.Context(), store.Query{})
		if err != nil {
			t.Fatal(err)
		}
		last := rows[len(rows)-1]
		want := last.At.Add(unfinishedSince)
		if limits != nil {
			want = limit.Horizon(limits, sdk.OpAcquire, last.At)
		}
		if !last.Needed.Equal(want) {
			t.Errorf("%s a limit: the row is needed until %s, want %s", secret, last.Needed, want)
		}
	}
}

// TestUnwritableStoreCostsNoCall shows that a store which cannot be written drains no quota: nothing that costs a call is sent, however often it
// is asked for, and what lives is handed out.
func TestUnwritableStoreCostsNoCall(t *testing.T) {
	for name, why := range map[string]error{"full": store.ErrFull, "read-only": store.ErrReadOnly} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			alive, dead := s.limited("alive", quota(3)), s.limited("dead", quota(3))
			s.ensure(alive)
			s.keeper.Store = unwritable{s.store, why}
			for range 5 {
				s.pass(30 * time.Second)
				if v := s.ensure(alive); v.Did != Reuse || v.Warning != "" {
					t.Errorf("what lives: %+v", v)
				}
				if f := s.fails(dead); f.Class != ClassStore || !errors.Is(f, why) {
					t.Errorf("what does not: %+v", f)
				}
			}
			s.pass(57 * time.Minute) // Into its window, where it should be renewed.
			for range 5 {
				if v := s.ensure(alive); v.Did != Reuse || v.Class != ClassStore {
					t.Errorf("what lives and should be renewed: %+v", v)
				}
			}
			s.wantCalls(1)
			s.wantLedger("acquire ok")
		})
	}
}

// unwritable is a store of which only reading works. Locks can be had: a disk that is full has room for them.
type unwritable struct {
	store.Store
	why error
}

func (s unwritable) Begin(context.Context, store.Exchange, store.Judge) (int64, error) {
	return 0, s.why
}

func (s unwritable) Commit(context.Context, store.Change) error { return s.why }
