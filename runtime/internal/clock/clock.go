// Package clock counts time by how long the machine runs where the wall clock was put forward or back.
//
// A time in the store is a wall clock's. Beside it stands on which run of the machine it was taken, and when on it (a [store.Reading]): the
// kernel counts that without anybody's help. Where a time is read on the same run, it is moved by as much as the wall clock was put since;
// then it lies as far from now as it truly does. A time of another run stays as it is. [Store] does this to all that a store holds, so that
// nobody else has to know.
//
// It may be imported by the runtime only.
package clock

import (
	"sync"
	"time"

	"github.com/authrun/authrun/runtime/store"
)

// slack is by how much the wall clock may differ from the run of the machine before it counts as put: clocks are steered, and are not read at
// one and the same instant.
const slack = time.Second

// Clock is the wall clock of a host, and how long the machine runs. It may be used by many goroutines.
type Clock struct {
	now  func() time.Time
	boot func() (id string, up time.Duration) // nil: not known

	mu    sync.Mutex
	id    string
	began time.Time // when this run of the machine began, by the wall clock as it stands now
}

// New makes a clock. boot names the run of the machine, and tells how long it lasts, sleep included; an empty name says that this is not known,
// and so does a nil boot. Then every time stays as it is.
func New(now func() time.Time, boot func() (id string, up time.Duration)) *Clock {
	return &Clock{now: now, boot: boot}
}

// Now is the wall clock's time.
func (c *Clock) Now() time.Time { return c.now() }

// run is the run of the machine, and when it began by the wall clock as it stands now; the id is empty where it is not known. The moment is the
// same as before for as long as the wall clock was not put.
func (c *Clock) run() (id string, began time.Time) {
	if c.boot == nil {
		return "", time.Time{}
	}
	id, up := c.boot()
	if id == "" {
		return "", time.Time{}
	}
	now := c.now().Round(0).Add(-up) // without what Go knows of the run: it is the wall clock that is asked for
	c.mu.Lock()
	defer c.mu.Unlock()
	if id != c.id || now.Sub(c.began).Abs() >= slack/2 {
		c.id, c.began = id, now
	}
	return c.id, c.began
}

// reading is what belongs to a moment of the wall clock as it stands now; zero where the run of the machine is not known.
func (c *Clock) reading(at time.Time) store.Reading {
	id, began := c.run()
	if id == "" || at.IsZero() {
		return store.Reading{}
	}
	return store.Reading{Boot: id, Up: at.Sub(began)}
}

// put is by how much the wall clock was put since a reading was taken for that moment. It is 0 for a reading of another run of the machine.
func (c *Clock) put(at time.Time, then store.Reading) time.Duration {
	if then.Boot == "" || at.IsZero() {
		return 0
	}
	id, began := c.run()
	if id != then.Boot {
		return 0
	}
	by := began.Sub(at.Add(-then.Up))
	if by.Abs() < slack {
		return 0
	}
	return by
}

// Mark is a moment that is remembered in memory.
type Mark struct {
	at      time.Time // as the clock gave it
	wall    time.Time // the same, without what Go knows of the run
	reading store.Reading
}

// Mark is now.
func (c *Clock) Mark() Mark {
	at := c.now()
	return Mark{at, at.Round(0), c.reading(at.Round(0))}
}

// Now is the time by the clock as it stood at a mark: what was to happen at a time that was known then is compared with it. Where the wall clock
// and Go's own clock went on by the same nobody has put the one, and the kernel need not be asked: this is called for each request of a program.
func (m Mark) Now(c *Clock) time.Time {
	now := c.now()
	wall := now.Round(0)
	if m.reading.Boot == "" {
		return wall
	}
	if isSteady := m.at != m.wall && now != wall; isSteady && (wall.Sub(m.wall)-now.Sub(m.at)).Abs() < slack/2 {
		return wall
	}
	return wall.Add(-c.PutSince(m))
}

// PutSince is by how much the wall clock was put since a mark: what was to happen at a time that was known then is to happen so much later.
func (c *Clock) PutSince(m Mark) time.Duration { return c.put(m.wall, m.reading) }

// known tells whether the run of the machine is known: then any time of the store may be one that has to be moved.
func (c *Clock) known() bool {
	id, _ := c.run()
	return id != ""
}
