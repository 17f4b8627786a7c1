package simulated

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock on which time passes only where somebody waits, and then at once. It stops at its end.
type Clock struct {
	begin, end time.Time
	ended      func() // called when the end is reached

	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock that runs from begin to end, and calls ended then.
func NewClock(begin, end time.Time, ended func()) *Clock {
	return &Clock{begin: begin, end: end, ended: ended, now: begin}
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set puts the clock to another time before its end: what is done one after another, and in the real world at once, begins at one time.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.end) {
		c.now = now
	}
}

// Sleep lets d pass.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error { return c.pass(ctx, d, 0) }

// Nap gives a Sleep that wakes only at the beginning of the clock and at whole multiples of every after it, as what a timer starts does.
func (c *Clock) Nap(every time.Duration) func(ctx context.Context, d time.Duration) error {
	return func(ctx context.Context, d time.Duration) error { return c.pass(ctx, d, every) }
}

func (c *Clock) pass(ctx context.Context, d, every time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	then := c.now.Add(max(d, 0))
	if every > 0 {
		if into := then.Sub(c.begin) % every; into > 0 {
			then = then.Add(every - into)
		}
	}
	over := !then.Before(c.end)
	if over {
		then = c.end
	}
	c.now = then
	c.mu.Unlock()
	if over {
		c.ended()
	}
	return ctx.Err()
}
