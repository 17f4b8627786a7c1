package fakevendor

import (
	"net/http"
	"slices"
	"sync"
)

// Oddity is an odd shape that a vendor's servers give their answers; each fake has its own.
type Oddity string

// Control is what a test tells a fake vendor, and learns from it. A fake has one embedded; its zero value is that of a vendor that behaves. Its
// methods may be called at the same time from many goroutines.
type Control struct {
	mu           sync.Mutex
	calls        int
	violations   []string
	misbehaviour *Misbehaviour
	refusal      string
	oddities     []Oddity
}

// Enter is called by the fake when a request came and was judged: problem says what is wrong with it by the vendor's documents, in words that hold
// none of the values sent; empty: nothing. It tells whether a misbehaviour has dealt with the request already.
func (c *Control) Enter(w http.ResponseWriter, r *http.Request, problem string) (done bool) {
	if problem != "" {
		c.Violated(problem)
	}
	c.mu.Lock()
	c.calls++
	m := c.takeMisbehaviour()
	c.mu.Unlock()
	return m != nil && m.play(w, r)
}

// takeMisbehaviour is the misbehaviour that holds for the request at hand, or nil. The caller holds c.mu.
func (c *Control) takeMisbehaviour() *Misbehaviour {
	m := c.misbehaviour
	if m != nil && m.Times > 0 {
		rest := *m
		if rest.Times--; rest.Times == 0 {
			c.misbehaviour = nil
		} else {
			c.misbehaviour = &rest
		}
	}
	return m
}

// Violated notes what is wrong with a request, for a fake that finds it piece by piece; such a one calls Enter without a problem.
func (c *Control) Violated(problem string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.violations = append(c.violations, problem)
}

// Calls is the number of requests that came, whatever became of them.
func (c *Control) Calls() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

// Violations lists what was wrong with requests by the vendor's documents, in the order in which they came; nil: nothing.
func (c *Control) Violations() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.violations)
}

// Misbehave makes the server misbehave from the next request on, instead of what an earlier call asked for.
func (c *Control) Misbehave(m Misbehaviour) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.misbehaviour = &m
}

// Refuse makes the server refuse every request that is as it should be with that error of the vendor's, until Behave.
func (c *Control) Refuse(code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusal = code
}

// Refusal is the error that Refuse asked for; empty: none. It is for the fake.
func (c *Control) Refusal() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refusal
}

// Odd makes the server's answers odd, until Behave or the next call of Odd.
func (c *Control) Odd(kinds ...Oddity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.oddities = slices.Clone(kinds)
}

// Oddities are those that Odd asked for, as a set. They are for the fake.
func (c *Control) Oddities() map[Oddity]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	set := make(map[Oddity]bool, len(c.oddities))
	for _, kind := range c.oddities {
		set[kind] = true
	}
	return set
}

// IsOdd tells whether Odd asked for that oddity. It is for the fake.
func (c *Control) IsOdd(kind Oddity) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.oddities, kind)
}

// Behave ends what Misbehave, Refuse and Odd asked for.
func (c *Control) Behave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.misbehaviour, c.refusal, c.oddities = nil, "", nil
}
