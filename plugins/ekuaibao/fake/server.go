// Package fake is the authorisation service of Ekuaibao as its documentation describes it, for tests, the demo and benchmarks.
//
// It is strict: a request with another method, path, content type or field than the documented ones is refused as the vendor would refuse
// it, and recorded as a violation that a test can read. Its clock is the caller's. On demand it misbehaves: Server.Misbehave gives any raw
// answer, Server.Refuse an HTTP status ("403"), Server.Odd a right answer in the odd shapes that servers send.
//
// It knows nothing of the plugin, so that a mistake in that cannot hide in it.
package fake

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
)

// The paths of the two calls.
const (
	pathAcquire = "/api/openapi/v1/auth/getAccessToken"
	pathRefresh = "/api/openapi/v2/auth/refreshToken"
)

// Options say what the server is like. The zero value is a server that works, with an account of empty credentials that nobody can use.
type Options struct {
	Now         func() time.Time // the server's clock; nil: time.Now
	Account     Account          // the one account there is
	Life        time.Duration    // of a fetched token; 0: 2 h
	RenewedLife time.Duration    // of a refreshed token; 0: 32 days
	PowerCode   string           // licence code that a refresh must carry; empty: 219904
	Corporation string           // corporationId of the answers; empty: 34A73EyI8A0w00
	Settle      time.Duration    // for so long a new token is still refused, as servers before version 1.17.0 did
	NoDate      bool             // answers carry no Date header
}

// Account is what the vendor gives to a company.
type Account struct {
	AppKey      string
	AppSecurity string
}

// Misbehaviour is what the server does instead of answering as the vendor would.
type Misbehaviour = fakevendor.Misbehaviour

// Oddity is an odd shape that the vendor's servers give their answers.
type Oddity = fakevendor.Oddity

// Server is the vendor's server. Its methods may be called at the same time from many goroutines.
type Server struct {
	fakevendor.Control
	options Options

	mu     sync.Mutex
	issued int
	pairs  map[string]pair // by access token
}

// pair is an access token and what belongs to it.
type pair struct {
	access, refresh string
	from, until     time.Time
}

// New makes a server that has handed out nothing yet.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Life == 0 {
		o.Life = 2 * time.Hour
	}
	if o.RenewedLife == 0 {
		o.RenewedLife = 32 * 24 * time.Hour
	}
	if o.PowerCode == "" {
		o.PowerCode = "219904"
	}
	if o.Corporation == "" {
		o.Corporation = "34A73EyI8A0w00"
	}
	return &Server{options: o, pairs: map[string]pair{}}
}

// Alive tells whether a later call with this access token would be served now.
func (s *Server) Alive(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alive(token)
}

// alive is Alive for a caller that holds s.mu.
func (s *Server) alive(token string) bool {
	p, known := s.pairs[token]
	now := s.options.Now()
	return known && !now.Before(p.from) && now.Before(p.until)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := readBody(r)
	s.mu.Lock()
	handle, status := s.read(r, body)
	s.mu.Unlock()

	w.Header().Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	if s.options.NoDate {
		w.Header()["Date"] = nil // so that net/http adds none
	}
	if s.Enter(w, r, "") {
		return
	}
	s.mu.Lock()
	answer := ""
	switch {
	case s.Refusal() != "":
		status = refusedWith(s.Refusal())
	case handle != nil:
		status, answer = handle()
	}
	s.mu.Unlock()
	if answer != "" {
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer) // a caller that hung up is not the server's concern
}

// refusedWith is the HTTP status that is all that the vendor documents of a failure: "403" is a wrong key, or a pair that is not refreshed.
func refusedWith(code string) (status int) {
	status, err := strconv.Atoi(code)
	if err != nil {
		panic("the vendor refuses with an HTTP status and nothing else: " + err.Error())
	}
	return status
}

// violated records what is wrong with a request and returns the status that refuses it. The caller holds s.mu.
func (s *Server) violated(status int, format string, args ...any) int {
	s.Violated(fmt.Sprintf(format, args...))
	return status
}

// grant hands out a new pair that lives for so long. The caller holds s.mu.
func (s *Server) grant(life time.Duration) pair {
	s.issued++
	now := s.options.Now()
	// Real tokens hold a colon, which has to be escaped in a query.
	p := pair{
		access:  fmt.Sprintf("ID01:u-E4PVy28Q%04d", s.issued),
		refresh: fmt.Sprintf("ID01:asg4PVy28Q%04d", s.issued),
		from:    now.Add(s.options.Settle),
		until:   now.Add(life),
	}
	s.pairs[p.access] = p
	return p
}
