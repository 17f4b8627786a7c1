package simulated

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Service is a vendor itself, without a network. Blocks of a flow reach it by a [Service.Transport] each.
type Service struct {
	now    func() time.Time
	isDown func(time.Time) bool

	mu     sync.Mutex
	meters map[string]*meter // by the limit's name
	tokens map[string]token  // by account
	issued int
	broken []Breach
}

// token is the last one that an account got.
type token struct {
	name string
	ends time.Time // zero: never
}

// Breach is a call that a limit does not allow.
type Breach struct {
	At    time.Time
	Limit string
}

// NewService makes the service that a plugin describes. It lives on the clock now, and answers nothing but HTTP 503 where isDown tells so.
func NewService(is sdk.Description, now func() time.Time, isDown func(time.Time) bool) *Service {
	s := &Service{now: now, isDown: isDown, meters: map[string]*meter{}, tokens: map[string]token{}}
	for _, l := range is.Limits {
		s.meter(l)
	}
	return s
}

// Transport leads to the service for blocks that are described so: as the plugin says, with what the flow made of it. A flow makes a limit tighter
// for itself and not for the vendor; one that the plugin does not know counts as the first block that comes has it.
func (s *Service) Transport(is sdk.Description) http.RoundTripper { return entrance{s, is} }

// Broken are the calls so far that a limit does not allow.
func (s *Service) Broken() []Breach {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// Quota is how much of a quota was used at most in one of its windows, by any of those who have one.
type Quota struct {
	Limit sdk.Limit
	Peak  int
}

// Quotas are the quotas of the vendor, by name.
func (s *Service) Quotas() []Quota {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Quota
	for _, name := range slices.Sorted(maps.Keys(s.meters)) {
		if m := s.meters[name]; m.limit.Quota != nil {
			all = append(all, Quota{m.limit, m.peak})
		}
	}
	return all
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

// entrance is a way to a service for those who are described so.
type entrance struct {
	*Service
	is sdk.Description
}

// RoundTrip counts the call, and answers it.
func (e entrance) RoundTrip(req *http.Request) (*http.Response, error) {
	var asked request
	if err := json.NewDecoder(req.Body).Decode(&asked); err != nil {
		return nil, fmt.Errorf("the simulated service was asked by somebody else: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	e.count(asked, now)
	if e.isDown(now) {
		return respond(req, http.StatusServiceUnavailable, nil), nil
	}
	body, err := json.Marshal(e.grant(asked, now))
	if err != nil {
		return nil, err
	}
	return respond(req, http.StatusOK, body), nil
}

// count counts a call for every limit that it concerns.
func (e entrance) count(asked request, now time.Time) {
	for _, l := range e.is.Limits {
		m := e.meter(l)
		if m.counts(asked.Operation) && !m.call(part(asked.Config, m.limit.Scope), now) {
			e.broken = append(e.broken, Breach{At: now, Limit: l.Name})
		}
	}
}

// meter is the meter of a limit.
func (s *Service) meter(l sdk.Limit) *meter {
	m := s.meters[l.Name]
	if m == nil {
		m = newMeter(l)
		s.meters[l.Name] = m
	}
	return m
}

// grant gives a token.
func (e entrance) grant(asked request, now time.Time) answer {
	var names []string
	for _, arg := range e.is.Config.Attributes {
		if arg.Account {
			names = append(names, arg.Name)
		}
	}
	account := part(asked.Config, names)
	last, held := e.tokens[account]
	left := last.ends.Sub(now)
	if asked.Operation == sdk.OpAcquire && held && e.is.Token.Second == sdk.SameToken && left > e.is.Token.FreshWithin {
		return answer{Token: last.name, Life: left}
	}
	e.issued++
	fresh := token{name: fmt.Sprintf("simulated-%d", e.issued)}
	if asked.Life != sdk.Forever {
		fresh.ends = now.Add(asked.Life)
	}
	e.tokens[account] = fresh
	return answer{Token: fresh.name, Life: asked.Life}
}

func respond(req *http.Request, status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: req,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
}

// part is a part of a configuration as a JSON object: arguments, and members of those that are maps ("account.client_id"). Its members come in
// the order of their names, so equal parts are equal texts.
func part(config map[string]json.RawMessage, names []string) string {
	some := make(map[string]json.RawMessage, len(names))
	for _, name := range names {
		outer, member, inside := strings.Cut(name, ".")
		value, ok := config[outer]
		if inside {
			var members map[string]json.RawMessage
			// What is no map has no members.
			_ = json.Unmarshal(value, &members)
			value, ok = members[member]
		}
		if ok {
			some[name] = value
		}
	}
	// Raw JSON that was decoded a moment ago can be written.
	text, _ := json.Marshal(some)
	return string(text)
}
