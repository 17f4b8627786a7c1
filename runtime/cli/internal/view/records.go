package view

import "github.com/authrun/authrun/runtime"

// Credential is a [runtime.Status] in JSON.
type Credential struct {
	Address    string        `json:"address"`
	Flow       string        `json:"flow,omitempty"`
	State      runtime.State `json:"state"`
	Generation uint64        `json:"generation"`
	IssuedAt   *string       `json:"issued_at"`
	AgeSeconds *int64        `json:"age_s"`
	ExpiresAt  *string       `json:"expires_at"` // null: never, or nothing is stored
	Next       *next         `json:"next"`       // null: not known here
	Trouble    *trouble      `json:"trouble"`
	Refused    *trouble      `json:"refused"`
	Limits     []limitUse    `json:"limits,omitempty"`
	Problem    string        `json:"problem,omitempty"`
	// ClockBehind is by how many seconds this host's clock is behind what is stored.
	ClockBehind int64 `json:"clock_behind_seconds,omitempty"`
}

type next struct {
	Action *runtime.Action `json:"action"` // null: nothing, ever
	At     *string         `json:"at"`
	Rule   string          `json:"rule"`
}

type trouble struct {
	Class   string  `json:"class"`
	Text    string  `json:"text"`
	At      *string `json:"at"`
	NextTry *string `json:"next_try"`
	Count   int     `json:"count,omitempty"`
}

type limitUse struct {
	Name       string   `json:"name"`
	Operations []string `json:"operations"` // whose calls it counts
	Text       string   `json:"text"`
	Free       bool     `json:"free"`
	Count      int      `json:"count,omitempty"`
	Used       int      `json:"used"`
	ResetsAt   *string  `json:"resets_at"`
}

// Credential makes the JSON of a status.
func (t Telling) Credential(s runtime.Status) Credential {
	c := Credential{Address: s.Address, Flow: s.Flow, State: s.State, Generation: s.Generation, IssuedAt: Time(s.IssuedAt), ExpiresAt: Time(s.ExpiresAt),
		Trouble: troubleOf(s.Trouble), Refused: troubleOf(s.Latch), Problem: s.Problem, ClockBehind: int64(s.Ahead.Seconds())}
	if !s.IssuedAt.IsZero() {
		age := int64(max(0, t.Now.Sub(s.IssuedAt)).Seconds())
		c.AgeSeconds = &age
	}
	if s.Next != (runtime.Next{}) {
		c.Next = &next{At: Time(s.Next.At), Rule: s.Next.Rule}
		if s.Next.Action != "" {
			c.Next.Action = &s.Next.Action
		}
	}
	for _, l := range s.Limits {
		c.Limits = append(c.Limits, limitUse{l.Name, l.Operations, l.Text, l.Free, l.Count, l.Used, Time(l.Resets)})
	}
	return c
}

func troubleOf(t *runtime.Trouble) *trouble {
	if t == nil {
		return nil
	}
	return &trouble{t.Class, t.Text, Time(t.At), Time(t.NextTry), t.Count}
}

// Exchange is a [runtime.Exchange] in JSON.
type Exchange struct {
	Type       string  `json:"type"`
	At         *string `json:"at"`
	Address    string  `json:"address"`
	Operation  string  `json:"operation"`
	Outcome    *string `json:"outcome"` // null: not known
	Status     int     `json:"http_status,omitempty"`
	TookMS     int64   `json:"took_ms"`
	Generation uint64  `json:"generation,omitempty"`
	Process    string  `json:"process"`
}

// ExchangeOf makes the JSON of a vendor call.
func ExchangeOf(e runtime.Exchange) Exchange {
	x := Exchange{Type: "exchange", At: Time(e.At), Address: e.Address, Operation: e.Operation, Status: e.Status, TookMS: e.Took.Milliseconds(),
		Generation: e.Generation, Process: e.Process}
	if e.Outcome != "" {
		x.Outcome = &e.Outcome
	}
	return x
}
