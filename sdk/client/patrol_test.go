package client

import (
	"testing"
	"time"
)

func TestPatrol(t *testing.T) {
	var used time.Duration
	known := true
	p := &patrol{most: time.Minute, used: func() (time.Duration, bool) { return used, known }}
	step := func(now time.Duration, want bool) {
		t.Helper()
		used = now
		if got := p.look(); got != want || p.stopped() != want {
			t.Errorf("after %s: %v, want %v", now, got, want)
		}
	}
	step(time.Minute, false)
	p.begin()
	step(2*time.Minute, false)
	known = false // it ended, and its number may be another's
	step(9*time.Minute, false)
	p.begin()
	known = true
	step(2*time.Minute+1, true)
	step(0, true)
}

func TestPatrolStopsWhoSpins(t *testing.T) {
	ticks, ended, stopped := make(chan time.Time, 2), make(chan struct{}), make(chan bool, 1)
	p := &patrol{most: time.Minute, used: func() (time.Duration, bool) { return time.Hour, true }}
	ticks <- time.Time{}
	p.walk(ticks, ended, func() { stopped <- true })
	<-stopped
	p = &patrol{used: func() (time.Duration, bool) { return 0, true }}
	close(ended)
	p.walk(nil, ended, func() { t.Error("one that ended was stopped") })
}
