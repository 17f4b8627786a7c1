package clock

import (
	"testing"
	"time"
)

// machine is a host whose wall clock can be put, and which can be started anew.
type machine struct {
	wall time.Time
	boot string
	up   time.Duration
}

func newMachine() *machine {
	return &machine{wall: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), boot: "first", up: 3 * time.Hour}
}

func (m *machine) clock() *Clock {
	return New(func() time.Time { return m.wall }, func() (string, time.Duration) { return m.boot, m.up })
}

func (m *machine) pass(d time.Duration) { m.wall, m.up = m.wall.Add(d), m.up+d }

func (m *machine) put(d time.Duration) { m.wall = m.wall.Add(d) }

func (m *machine) restart() { m.boot, m.up = "second", 0 }

func TestPut(t *testing.T) {
	for _, c := range []struct {
		name string
		does func(m *machine)
		want time.Duration
	}{
		{"time passes", func(m *machine) { m.pass(48 * time.Hour) }, 0},
		{"put back", func(m *machine) { m.put(-2 * time.Hour) }, -2 * time.Hour},
		{"put forward", func(m *machine) { m.pass(time.Minute); m.put(24 * time.Hour); m.pass(time.Hour) }, 24 * time.Hour},
		{"put back and forward", func(m *machine) { m.put(-2 * time.Hour); m.pass(time.Hour); m.put(3 * time.Hour) }, time.Hour},
		{"steered", func(m *machine) { m.pass(time.Hour); m.put(900 * time.Millisecond) }, 0},
		{"slept", func(m *machine) { m.pass(8 * time.Hour) }, 0},
		{"another boot", func(m *machine) { m.restart(); m.put(-2 * time.Hour) }, 0},
		{"no longer known", func(m *machine) { m.boot = ""; m.put(time.Hour) }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine()
			at := m.wall
			then := m.clock().reading(at)
			c.does(m)
			if got := m.clock().put(at, then); got != c.want {
				t.Errorf("put by %s, want %s", got, c.want)
			}
		})
	}
}

// The reading of a moment that is not now is what would have been read then.
func TestReadingOfThePast(t *testing.T) {
	m := newMachine()
	c := m.clock()
	at := m.wall.Add(-time.Hour)
	then := c.reading(at)
	if want := 2 * time.Hour; then.Up != want || then.Boot != "first" {
		t.Errorf("reading %+v, want %s", then, want)
	}
	m.put(time.Hour)
	if got := c.put(at, then); got != time.Hour {
		t.Errorf("put by %s, want an hour", got)
	}
	if zero := c.reading(time.Time{}); zero.Boot != "" {
		t.Errorf("no time has the reading %+v", zero)
	}
}

func TestPutSince(t *testing.T) {
	m := newMachine()
	c := m.clock()
	mark := c.Mark()
	m.pass(time.Hour)
	if by := c.PutSince(mark); by != 0 {
		t.Errorf("put by %s, and nobody did", by)
	}
	m.put(-2 * time.Hour)
	if by := c.PutSince(mark); by != -2*time.Hour {
		t.Errorf("put by %s", by)
	}
	if by := c.PutSince(c.Mark()); by != 0 {
		t.Errorf("put by %s since just now", by)
	}
	if by := c.PutSince(Mark{}); by != 0 {
		t.Errorf("put by %s since no moment", by)
	}
}

// While nobody puts the clock, times are moved by exactly the same at each look, so that nothing seems to change.
func TestSteady(t *testing.T) {
	m := newMachine()
	c := m.clock()
	at := m.wall
	then := c.reading(at)
	m.put(time.Hour)
	first := c.put(at, then)
	for range 10 {
		m.pass(time.Second)
		m.put(7 * time.Millisecond) // the readings are not of one instant
		if again := c.put(at, then); again != first {
			t.Fatalf("put by %s, then by %s", first, again)
		}
	}
}

func TestKernel(t *testing.T) {
	boot := Kernel()
	if boot == nil {
		t.Skip("this system tells nothing of its run")
	}
	id, up := boot()
	again, later := boot()
	if id == "" || up <= 0 || again != id || later < up {
		t.Errorf("read %q %s, then %q %s", id, up, again, later)
	}
	c := New(time.Now, boot)
	at := time.Now()
	if by := c.put(at, c.reading(at)); by != 0 || !c.known() {
		t.Errorf("the clock was put by %s, known %v", by, c.known())
	}
}

func TestUnknown(t *testing.T) {
	for name, boot := range map[string]func() (string, time.Duration){"nil": nil, "empty": func() (string, time.Duration) { return "", time.Hour }} {
		m := newMachine()
		c := New(func() time.Time { return m.wall }, boot)
		if r := c.reading(m.wall); r.Boot != "" || c.known() {
			t.Errorf("%s: reading %+v, known %v", name, r, c.known())
		}
		if by := c.put(m.wall, m.clock().reading(m.wall)); by != 0 {
			t.Errorf("%s: put by %s", name, by)
		}
	}
}
