package credential

import (
	"context"
	"sync"

	"github.com/authrun/authrun/runtime/store"
)

// lock takes the lock of the account: within this process first, then across processes. What is done under it goes by the context that it
// gives, which ends with ctx, and when the lock is lost: as after an interrupt, nothing new is sent then.
func (k *Keeper) lock(ctx context.Context, key store.Key) (locked context.Context, unlock func(), err error) {
	name := key.Vendor + "/" + key.Account
	leave, err := k.accounts.lock(ctx, name)
	if err != nil {
		return nil, nil, canceled(err)
	}
	lease, err := k.Store.Lock(ctx, name)
	if err != nil {
		leave()
		return nil, nil, storeFailed("take the account's lock, without which no vendor is called", err)
	}
	locked, release := whileHeld(ctx, lease)
	return locked, func() { release(); lease.Unlock(); leave() }, nil
}

// whileHeld gives a context that ends with ctx, and when the lease is lost. release ends it, too.
func whileHeld(ctx context.Context, lease store.Lease) (held context.Context, release func()) {
	lost := lease.Lost()
	if lost == nil {
		return ctx, func() {}
	}
	held, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-lost:
			cancel(&Failed{Class: ClassStore, Text: "The account's lock was lost, without which no vendor is called."})
		case <-held.Done():
		}
	}()
	return held, func() { cancel(nil) }
}

// locks is one lock per name. A waiter gives up with its own context.
type locks struct {
	mu    sync.Mutex
	names map[string]*lockState
}

type lockState struct {
	turn    chan struct{}
	holders int // and waiters; the last one takes the lock away
}

func (l *locks) lock(ctx context.Context, name string) (unlock func(), err error) {
	l.mu.Lock()
	if l.names == nil {
		l.names = map[string]*lockState{}
	}
	s := l.names[name]
	if s == nil {
		s = &lockState{turn: make(chan struct{}, 1)}
		l.names[name] = s
	}
	s.holders++
	l.mu.Unlock()

	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if s.holders--; s.holders == 0 {
			delete(l.names, name)
		}
	}
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// counter counts from many goroutines.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += n
}

func (c *counter) value() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}
