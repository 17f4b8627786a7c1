package simulated

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Call is a call that reached a [Service].
type Call struct {
	At        time.Time
	Operation sdk.Operation
	Answered  bool     // it was down otherwise
	Broken    []string // names of the limits that do not allow it
}

// Service is the vendor itself, without a network: an http.RoundTripper. It may be used by many goroutines.
type Service struct {
	is     sdk.Description
	now    func() time.Time
	isDown func(time.Time) bool
	told   func(Call)

	mu     sync.Mutex
	meters []*meter
	tokens map[string]token // by account
	issued int
}

// token is the last one that an account got.
type token struct {
	name string
	ends time.Time // zero: never
}

// NewService makes the service that a description describes. It lives on the clock now, answers nothing but HTTP 503 where isDown tells so, and
// tells of each call.
func NewService(is sdk.Description, now func() time.Time, isDown func(time.Time) bool, told func(Call)) *Service {
	s := &Service{is: is, now: now, isDown: isDown, told: told, tokens: map[string]token{}}
	for _, l := range is.Limits {
		s.meters = append(s.meters, newMeter(l))
	}
	return s
}

// request is what a [Plugin] sends.
type request struct {
	Operation sdk.Operation              `json:"operation"`
	Life      time.Duration              `json:"life"`
	Config    map[string]json.RawMessage `json:"config"`
}

// answer is what the service gives.
type answer struct {
	Token string        `json:"token"`
	Life  time.Duration `json:"life"`
}

// RoundTrip counts the call, tells of it, and answers it.
func (s *Service) RoundTrip(req *http.Request) (*http.Response, error) {
	var asked request
	if err := json.NewDecoder(req.Body).Decode(&asked); err != nil {
		return nil, fmt.Errorf("the simulated service was asked by somebody else: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	call := Call{At: s.now(), Operation: asked.Operation}
	call.Broken = s.count(asked, call.At)
	call.Answered = !s.isDown(call.At)
	s.told(call)
	if !call.Answered {
		return respond(req, http.StatusServiceUnavailable, nil), nil
	}
	body, err := json.Marshal(s.grant(asked, call.At))
	if err != nil {
		return nil, err
	}
	return respond(req, http.StatusOK, body), nil
}

// Peaks are how much of each quota was used at most, over all that it counts separately.
func (s *Service) Peaks() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	peaks := map[string]int{}
	for _, m := range s.meters {
		if m.limit.Quota != nil {
			peaks[m.limit.Name] = m.peak
		}
	}
	return peaks
}

// count counts a call, and names the limits that it breaks.
func (s *Service) count(asked request, now time.Time) (broken []string) {
	for _, m := range s.meters {
		if m.counts(asked.Operation) && !m.call(part(asked.Config, m.limit.Scope), now) {
			broken = append(broken, m.limit.Name)
		}
	}
	return broken
}

// grant gives a token.
func (s *Service) grant(asked request, now time.Time) answer {
	var names []string
	for _, arg := range s.is.Config.Attributes {
		if arg.Account {
			names = append(names, arg.Name)
		}
	}
	account := part(asked.Config, names)
	last, held := s.tokens[account]
	left := last.ends.Sub(now)
	if asked.Operation == sdk.OpAcquire && held && s.is.Token.Second == sdk.SameToken && left > s.is.Token.FreshWithin {
		return answer{Token: last.name, Life: left}
	}
	s.issued++
	fresh := token{name: fmt.Sprintf("simulated-%d", s.issued)}
	if asked.Life != sdk.Forever {
		fresh.ends = now.Add(asked.Life)
	}
	s.tokens[account] = fresh
	return answer{Token: fresh.name, Life: asked.Life}
}

func respond(req *http.Request, status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: req,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
}

// part is a part of a configuration as a JSON object. Its members come in the order of their names, so equal parts are equal texts.
func part(config map[string]json.RawMessage, names []string) string {
	some := make(map[string]json.RawMessage, len(names))
	for _, name := range names {
		if value, ok := config[name]; ok {
			some[name] = value
		}
	}
	// Raw JSON that was decoded a moment ago can be written.
	text, _ := json.Marshal(some)
	return string(text)
}
