package client

import (
	"sync"
	"time"
)

// maxTime is the processor time that a plugin may use from the beginning of one operation to the beginning of the next: what a hundred
// thousand operations need. Whoever uses more spins, or does something else than it should.
const maxTime = time.Minute

// patrolTime is how often it is looked at.
const patrolTime = 5 * time.Second

// patrol watches how much processor time a plugin uses, and ends one that uses too much. The kernel's own limit counts the whole life of a
// process, which may be months, and cannot be raised again by who is not root.
type patrol struct {
	used func() (time.Duration, bool) // processor time of the process until now, and whether it is known
	most time.Duration

	mu    sync.Mutex
	since time.Duration // used when the last operation began
	over  bool
}

// begin notes that an operation begins. A plugin that was not started here is not watched: p is nil.
func (p *patrol) begin() {
	if p == nil {
		return
	}
	if used, ok := p.used(); ok {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.since = used
	}
}

// walk looks at each tick until the plugin has ended, and calls stop where it used too much.
func (p *patrol) walk(ticks <-chan time.Time, ended <-chan struct{}, stop func()) {
	for {
		select {
		case <-ended:
			return
		case <-ticks:
		}
		if p.look() {
			stop()
			return
		}
	}
}

// look tells whether the plugin has used too much.
func (p *patrol) look() bool {
	used, ok := p.used()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = p.over || ok && used-p.since > p.most
	return p.over
}

// stopped tells whether the plugin was ended for what it used.
func (p *patrol) stopped() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}
