package credential

import (
	"context"
	"sync"
)

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
