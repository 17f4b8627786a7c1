package view

import (
	"time"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/sdk"
)

// SimulationLines are a simulation in JSON: one object for each call, gap and hit, each credential and each quota, and the sum of it last.
func SimulationLines(s runtime.Simulation) []any {
	var all []any
	for _, c := range s.Calls {
		all = append(all, simulatedCall{"simulated_call", Time(c.At), c.Address, c.Operation, c.Answered})
	}
	for _, h := range s.Hits {
		all = append(all, limitHit{"limit_hit", h.Address, h.Limit, h.Class, Time(h.At), Time(h.Until), h.Alive})
	}
	for _, b := range s.Broken {
		all = append(all, brokenLimit{"broken_limit", b.Vendor, b.Limit, Time(b.At)})
	}
	for _, c := range s.Credentials {
		for _, g := range c.Gaps {
			all = append(all, gap{"gap", c.Address, Time(g.From), Time(g.To), seconds(g.To.Sub(g.From))})
		}
	}
	for _, c := range s.Credentials {
		longest := c.LongestGap()
		line := simulatedCredential{Type: "simulated_credential", Address: c.Address, Life: lifeOf(c.Acquired), RenewedLife: lifeOf(c.Renewed),
			Acquired: c.Acquires, Renewed: c.Renewals, Calls: c.Calls, Gaps: len(c.Gaps), LongestGap: seconds(longest.To.Sub(longest.From))}
		if c.LeastLeft >= 0 {
			left := seconds(c.LeastLeft)
			line.LeastLeft = &left
		}
		all = append(all, line)
	}
	for _, q := range s.Quotas {
		all = append(all, simulatedQuota{"simulated_quota", q.Vendor, q.Name, q.Count, q.Peak})
	}
	sum := simulation{Type: "simulation", Start: Time(s.Start), End: Time(s.End), Every: seconds(s.Every), Calls: len(s.Calls), Hits: len(s.Hits), Fits: s.Fits(),
		Supposed: []supposed{}, Elapsed: s.Elapsed.Milliseconds()}
	for _, a := range s.Supposed {
		sum.Supposed = append(sum.Supposed, supposed(a))
	}
	return append(all, sum)
}

type simulatedCall struct {
	Type      string  `json:"type"`
	At        *string `json:"at"`
	Address   string  `json:"address"`
	Operation string  `json:"operation"`
	Answered  bool    `json:"answered"` // false: the vendor was down
}

type limitHit struct {
	Type    string  `json:"type"`
	Address string  `json:"address"`
	Limit   string  `json:"limit"`
	Class   string  `json:"class"`
	At      *string `json:"at"`
	Until   *string `json:"until"`
	Alive   bool    `json:"alive"` // the stored credential still lived
}

type brokenLimit struct {
	Type   string  `json:"type"`
	Vendor string  `json:"vendor"`
	Limit  string  `json:"limit"`
	At     *string `json:"at"`
}

type gap struct {
	Type    string  `json:"type"`
	Address string  `json:"address"`
	From    *string `json:"from"`
	To      *string `json:"to"`
	Seconds int64   `json:"seconds"`
}

type simulatedCredential struct {
	Type        string    `json:"type"`
	Address     string    `json:"address"`
	Life        lifeValue `json:"life"`
	RenewedLife lifeValue `json:"renewed_life"` // seconds 0: it cannot be renewed
	Acquired    int       `json:"acquired"`
	Renewed     int       `json:"renewed"`
	Calls       int       `json:"calls"`
	LeastLeft   *int64    `json:"least_left_s"` // null: it never was replaced
	Gaps        int       `json:"gaps"`
	LongestGap  int64     `json:"longest_gap_s"`
}

type lifeValue struct {
	Seconds *int64             `json:"seconds"` // null: for ever
	From    runtime.LifeSource `json:"from,omitempty"`
}

func lifeOf(l runtime.Life) lifeValue {
	v := lifeValue{From: l.From}
	if l.For != sdk.Forever {
		s := seconds(l.For)
		v.Seconds = &s
	}
	return v
}

type simulatedQuota struct {
	Type   string `json:"type"`
	Vendor string `json:"vendor"`
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Peak   int    `json:"peak"` // used at most in one window
}

type simulation struct {
	Type     string     `json:"type"`
	Start    *string    `json:"start"`
	End      *string    `json:"end"`
	Every    int64      `json:"every_s"` // 0: kept
	Calls    int        `json:"calls"`
	Hits     int        `json:"limit_hits"`
	Fits     bool       `json:"fits"`
	Supposed []supposed `json:"supposed"` // arguments without a value
	Elapsed  int64      `json:"elapsed_ms"`
}

type supposed struct {
	Address  string `json:"address"`
	Argument string `json:"argument"`
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
