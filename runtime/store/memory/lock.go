package memory

import (
	"context"
	"sync"

	"github.com/authrun/authrun/runtime/store"
)

// locks are the names that are locked now. A name that nobody holds or waits for is not kept.
type locks struct {
	mu    sync.Mutex
	names map[string]*turn
}

// turn is one lock: whoever can put into the channel holds it.
type turn struct {
	holder chan struct{}
	users  int // the holder and those who wait
}

// Lock takes the lock of that name.
func (s *Store) Lock(ctx context.Context, name string) (store.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := s.locks.join(name)
	select {
	case t.holder <- struct{}{}:
		return store.Kept(func() { <-t.holder; s.locks.leave(name, t) }), nil
	case <-ctx.Done():
		s.locks.leave(name, t)
		return nil, ctx.Err()
	}
}

func (l *locks) join(name string) *turn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.names == nil {
		l.names = map[string]*turn{}
	}
	t := l.names[name]
	if t == nil {
		t = &turn{holder: make(chan struct{}, 1)}
		l.names[name] = t
	}
	t.users++
	return t
}

func (l *locks) leave(name string, t *turn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.users--; t.users == 0 {
		delete(l.names, name)
	}
}
