// Package fake is a SIP auth server as the vendor's documents describe it, in memory: an [http.Handler] with one account.
//
// It is strict: a request with another method, path, content type or field than documented is refused as the vendor would refuse it, and
// noted as a violation. It can misbehave on demand. Tests, the demo and the benchmark use it; it knows nothing of the plugin.
package fake

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
)

// Life is how long a token lives by the vendor's documents.
const Life = 12 * time.Hour

// Account is the one account that the server knows.
type Account struct {
	AppID       string
	AccessKey   string
	CompanyCode string // default "1"
	CompanyName string // default "test"
}

// Options configure a [Server].
type Options struct {
	Now     func() time.Time // the server's clock; nil: time.Now
	Account Account
	Path    string        // that the service is served at; default "/"
	Life    time.Duration // of a token; default [Life]
}

// Misbehaviour is what the server does instead of answering as the vendor would.
type Misbehaviour = fakevendor.Misbehaviour

// Oddity is an odd shape that the vendor's servers give their answers.
type Oddity = fakevendor.Oddity

// Server is the fake. Its methods may be called at the same time from many goroutines.
//
// Refuse takes 400 to 699 as `ret`, and others as the code of `data.errors`. The code "none" is a refusal without a code, whose `data.errors` is
// `[]`.
type Server struct {
	fakevendor.Control
	options Options

	mu     sync.Mutex
	issued int
	tokens map[string]*token
}

type token struct {
	dies  time.Time
	stale bool // an extension was added since: error 1010
}

// New makes a server with no token issued yet.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Path == "" {
		o.Path = "/"
	}
	if o.Life == 0 {
		o.Life = Life
	}
	if o.Account.CompanyCode == "" {
		o.Account.CompanyCode = "1"
	}
	if o.Account.CompanyName == "" {
		o.Account.CompanyName = "test"
	}
	return &Server{options: o, tokens: map[string]*token{}}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	form, problem := readForm(r, s.options.Path)
	if problem == nil {
		problem = form.check()
	}
	violation := ""
	if problem != nil {
		violation = r.Method + " " + r.URL.Path + ": " + problem.Error()
	}
	if s.Enter(w, r, violation) {
		return
	}
	s.mu.Lock()
	a := s.answer(form, problem)
	s.mu.Unlock()
	a.write(w)
}

// Alive tells whether the server would accept the token in a later call.
func (s *Server) Alive(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.alive(token)
	return t != nil && !t.stale
}

// AddExtension makes every token issued so far stale, as adding an extension does at the vendor: later calls answer error 1010.
func (s *Server) AddExtension() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		t.stale = true
	}
}

// alive is the token unless it is unknown or expired. The caller holds s.mu.
func (s *Server) alive(value string) *token {
	t := s.tokens[value]
	if t == nil || !s.options.Now().Before(t.dies) {
		return nil
	}
	return t
}

// issue makes a token. The caller holds s.mu.
func (s *Server) issue() string {
	s.issued++
	sum := md5.Sum(fmt.Appendf(nil, "sipauth token %d", s.issued))
	value := hex.EncodeToString(sum[:])
	s.tokens[value] = &token{dies: s.options.Now().Add(s.options.Life)}
	return value
}
