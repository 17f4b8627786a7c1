package runtime

import (
	"slices"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/sdk"
)

// Simulation is what became of a flow in a simulated time.
type Simulation struct {
	Start, End  time.Time
	Every       time.Duration         // between two runs; 0: it was kept
	Credentials []SimulatedCredential // in the flow's order
	Calls       []SimulatedCall       // in the order in which they were made
	Hits        []LimitHit            // in the order in which they happened
	Quotas      []SimulatedQuota
	// Supposed are arguments that something stands in for, because an input has no value.
	Supposed []Supposed
	// Broken are calls that were made and that a limit of the vendor does not allow. There are none, unless authrun is at fault.
	Broken  []BrokenLimit
	Elapsed time.Duration // of real time
}

// Fits tells whether no credential was ever dead and no limit held a call back.
func (s Simulation) Fits() bool {
	return len(s.Hits)+len(s.Broken) == 0 && !slices.ContainsFunc(s.Credentials, func(c SimulatedCredential) bool { return len(c.Gaps) > 0 })
}

// SimulatedCall is a vendor call that was not made.
type SimulatedCall struct {
	At        time.Time
	Address   string
	Operation string // acquire or renew
	Answered  bool   // the vendor was down otherwise
}

// SimulatedCredential is what became of a credential.
type SimulatedCredential struct {
	Address string
	Vendor  string
	// How long it lives, once it was acquired or renewed; sdk.Forever: it never expires. Renewed is 0 where it cannot be renewed.
	Acquired, Renewed Life

	Acquires, Renewals int // that went well
	Calls              int
	// LeastLeft is the shortest life that it had left when it was replaced or prolonged; negative: it never was.
	LeastLeft time.Duration
	// Gaps are the times at which it was dead, or not yet there.
	Gaps []Gap
}

// LongestGap is the longest of its gaps, or the zero Gap.
func (c SimulatedCredential) LongestGap() Gap {
	var longest Gap
	for _, g := range c.Gaps {
		if g.To.Sub(g.From) > longest.To.Sub(longest.From) {
			longest = g
		}
	}
	return longest
}

// Gap is a time without a valid credential.
type Gap struct{ From, To time.Time }

// LimitHit is a call that a limit did not allow, so that it was not made.
type LimitHit struct {
	At      time.Time
	Address string
	Limit   string
	Class   string
	Until   time.Time // when the limit allows it again
	Alive   bool      // the credential still lived: it could wait
}

// SimulatedQuota is how much of a quota was used at most in one of its windows.
type SimulatedQuota struct {
	Vendor string
	Name   string
	Count  int // that the vendor allows
	Peak   int
}

// Supposed is an argument that something stands in for.
type Supposed struct{ Address, Argument string }

// BrokenLimit is a call that a limit does not allow and that was made all the same.
type BrokenLimit struct {
	At            time.Time
	Vendor, Limit string
}

// played is what is known of a credential while the time passes.
type played struct {
	SimulatedCredential
	lived time.Time // until when it lives; zero: for ever
	known bool      // it was got before
	hit   LimitHit  // the last
}

// event is told what the keeper tells.
func (s *simulation) event(e Event, now time.Time) {
	switch e := e.(type) {
	case Diagnosed:
		s.failure[e.Diagnostic.Address] = e.Diagnostic
	case AuthFailed:
		// What a vendor or a limit does is what the simulation is about.
		if d, ok := s.failure[e.Address]; ok && s.to != nil && !slices.Contains(sdk.Classes(), sdk.Class(e.Class)) {
			s.to(Diagnosed{Diagnostic: d})
		}
	case AuthDone:
		if p := s.played[e.Address]; p != nil && e.Action != ActionReuse {
			p.got(e, now)
		}
	}
}

// got notes that there is a new value, or the old one lives on.
func (p *played) got(e AuthDone, now time.Time) {
	if e.Action == ActionRenew {
		p.Renewals++
	} else {
		p.Acquires++
	}
	left := p.lived.Sub(now)
	switch {
	case left < 0:
		p.Gaps = append(p.Gaps, Gap{From: p.lived, To: now})
		p.LeastLeft = 0
	case p.known && !p.lived.IsZero() && (p.LeastLeft < 0 || left < p.LeastLeft):
		p.LeastLeft = left
	}
	p.known, p.lived = true, e.ExpiresAt
}

// looked is told how a credential is after a round.
func (s *simulation) looked(address string, look credential.Look) {
	p := s.played[address]
	if p == nil || look.Limit == "" {
		return
	}
	hit := LimitHit{At: s.now(), Address: address, Limit: look.Limit, Class: look.Class, Until: look.Until, Alive: look.Alive}
	if hit.Limit == p.hit.Limit && hit.Until.Equal(p.hit.Until) && hit.Alive == p.hit.Alive {
		return // the same once more
	}
	p.hit = hit
	s.result.Hits = append(s.result.Hits, hit)
}

// conclude sums up.
func (s *simulation) conclude(h *rehearsal) {
	r := &s.result
	r.Start, r.End, r.Every, r.Calls = s.opts.Start, s.now(), s.opts.Every, h.calls
	for _, call := range h.calls {
		s.played[call.Address].Calls++
	}
	for _, address := range s.order {
		p := s.played[address]
		if !p.lived.IsZero() && p.lived.Before(r.End) {
			p.Gaps = append(p.Gaps, Gap{From: p.lived, To: r.End})
		}
		r.Credentials = append(r.Credentials, p.SimulatedCredential)
	}
	for _, vendor := range sortedKeys(h.services) {
		if !slices.ContainsFunc(r.Credentials, func(c SimulatedCredential) bool { return c.Vendor == vendor }) {
			continue
		}
		service := h.services[vendor]
		for _, q := range service.Quotas() {
			r.Quotas = append(r.Quotas, SimulatedQuota{Vendor: vendor, Name: q.Limit.Name, Count: q.Limit.Quota.Count, Peak: q.Peak})
		}
		for _, b := range service.Broken() {
			r.Broken = append(r.Broken, BrokenLimit{At: b.At, Vendor: vendor, Limit: b.Limit})
		}
	}
}
