// Package fake is an Easemob REST server as the vendor's documents describe it, in memory: an [http.Handler] with one app.
//
// It is strict: a request with another method, path, header, field or field type than documented is refused as the vendor would refuse
// it, and noted as a violation. It can misbehave on demand. Tests, the demo and the benchmark use it; it knows nothing of the plugin.
package fake

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
)

// Life is how long a token lives where neither the request nor the options say.
const Life = 60 * 24 * time.Hour

// Account is the one app that the server knows.
type Account struct {
	OrgName, AppName       string
	ClientID, ClientSecret string
	Application            string // UUID; default the one of the vendor's example
}

// Options configure a [Server].
type Options struct {
	Now      func() time.Time // the server's clock; nil: time.Now
	Account  Account
	Life     time.Duration // of a token whose request has no ttl: the console's setting; default [Life]
	Millis   bool          // ttl and expires_in are milliseconds, as in the VIP 5 cluster
	Interval time.Duration // fetches of a token closer together than this are answered 429 reach_limit; 0: any pace is tolerated
}

// Misbehaviour is what the server does instead of answering as the vendor would.
type Misbehaviour = fakevendor.Misbehaviour

// Oddity is an odd shape that the vendor's servers give their answers.
type Oddity = fakevendor.Oddity

// Server is the fake. Its methods may be called at the same time from many goroutines.
//
// Refuse takes the vendor's names of errors: invalid_grant, illegal_argument, unauthorized, forbidden_op, organization_application_not_found,
// web_application, reach_limit, resource_limited, internal_server_error, service_unavailable; any other is answered with status 400.
type Server struct {
	fakevendor.Control
	options Options

	mu      sync.Mutex
	issued  int
	fetched time.Time            // when a token was asked for last
	tokens  map[string]time.Time // when each dies; zero: never
}

// New makes a server with no token issued yet.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Life == 0 {
		o.Life = Life
	}
	if o.Account.Application == "" {
		o.Account.Application = "8be024f0-e978-11e8-b697-5d598d5f8402"
	}
	return &Server{options: o, tokens: map[string]time.Time{}}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ask, problem := s.read(r)
	violation := ""
	if problem != nil {
		violation = r.Method + " " + r.URL.EscapedPath() + ": " + problem.text
	}
	if s.Enter(w, r, violation) {
		return
	}
	s.mu.Lock()
	a := s.answer(ask, problem)
	s.mu.Unlock()
	a.write(w)
}

// Alive tells whether the server would accept the token in a later call.
func (s *Server) Alive(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alive(token)
}

// KillTokens ends every token issued so far before its time.
func (s *Server) KillTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// alive tells whether the token lives. The caller holds s.mu.
func (s *Server) alive(token string) bool {
	dies, known := s.tokens[token]
	return known && (dies.IsZero() || s.options.Now().Before(dies))
}

// issue makes a token that dies after life; 0: never. The caller holds s.mu.
func (s *Server) issue(life time.Duration) string {
	s.issued++
	sum := sha256.Sum256(fmt.Appendf(nil, "easemob token %d", s.issued))
	token := "YWMt" + base64.RawURLEncoding.EncodeToString(sum[:])
	dies := time.Time{}
	if life > 0 {
		dies = s.options.Now().Add(life)
	}
	s.tokens[token] = dies
	return token
}
