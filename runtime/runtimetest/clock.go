package runtimetest

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock that goes when it is told to. The runtime's waits end when it has gone far enough. It may be used by many goroutines.
type Clock struct {
	mu      sync.Mutex
	now     time.Time
	waiting map[chan struct{}]time.Time
}

// NewClock makes a clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{now: at, waiting: map[chan struct{}]time.Time{}} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance lets time pass.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for done, at := range c.waiting {
		if !c.now.Before(at) {
			close(done)
			delete(c.waiting, done)
		}
	}
}

// Sleep waits until the clock has gone on by d, or until ctx ends, whose error it then returns.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	done := make(chan struct{})
	c.mu.Lock()
	c.waiting[done] = c.now.Add(d)
	c.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.waiting, done)
		return ctx.Err()
	}
}

// Waiters is how many waits are under way: a test may wait for one before it lets time pass.
func (c *Clock) Waiters() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}
