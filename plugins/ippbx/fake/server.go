// Package fake is an IPPBX as the vendor's documents describe its API, in memory: an [http.Handler] with one API user.
//
// It is strict: a request with another method, path, query, content type, field or field type than documented is refused as the vendor
// would refuse it, and noted as a violation. It locks callers out as the vendor does, and can misbehave on demand. Tests, the demo and
// the benchmark use it; it knows nothing of the plugin.
package fake

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
)

// What the vendor's documents say.
const (
	Idle      = 30 * time.Minute // a token dies when nothing happens for so long
	LockAfter = 5                // wrong passwords in a row
	LockFor   = 10 * time.Minute // the caller's address is locked for so long then
)

// Account is the one API user that the server knows.
type Account struct {
	Username string
	Password string // in the clear; requests carry its MD5
}

// Options configure a [Server].
type Options struct {
	Now        func() time.Time // the server's clock; nil: time.Now
	Account    Account
	APIVersion string        // path segment; default "v0.0.1"
	Idle       time.Duration // default [Idle]
}

// Reports is where the PBX sends its event reports: what the last login or heartbeat set.
type Reports struct {
	IPAddr  string // of a heartbeat; after a login the caller's own
	Port    string
	URL     string
	URLTag  string // "", "0" or "1"
	Version string
}

// Misbehaviour is what the server does instead of answering as the vendor would.
type Misbehaviour = fakevendor.Misbehaviour

// Oddity is an odd shape that the vendor's servers give their answers.
type Oddity = fakevendor.Oddity

// Server is the fake. Its methods may be called at the same time from many goroutines.
//
// Refuse takes an errno; "none" is a refusal without one.
type Server struct {
	fakevendor.Control
	options Options

	mu       sync.Mutex
	issued   int
	tokens   map[string]time.Time // when each was used last
	refusals map[string]int       // wrong passwords in a row, by the caller's address
	locked   map[string]time.Time // until when, by the caller's address
	reports  Reports
}

// New makes a server with no token issued yet.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.APIVersion == "" {
		o.APIVersion = "v0.0.1"
	}
	if o.Idle == 0 {
		o.Idle = Idle
	}
	return &Server{options: o, tokens: map[string]time.Time{}, refusals: map[string]int{}, locked: map[string]time.Time{}}
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

// Alive tells whether the server would accept the token in a later call. Asking does not prolong it.
func (s *Server) Alive(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alive(token)
}

// Reports is where events go now.
func (s *Server) Reports() Reports {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reports
}

// alive tells whether the token lives. The caller holds s.mu.
func (s *Server) alive(token string) bool {
	used, known := s.tokens[token]
	return known && s.options.Now().Before(used.Add(s.options.Idle))
}

// issue makes a token. The caller holds s.mu.
func (s *Server) issue() string {
	s.issued++
	token := md5Hex(fmt.Sprintf("ippbx token %d", s.issued))
	s.tokens[token] = s.options.Now()
	return token
}

// caller is the address that a request comes from, without the port.
func caller(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func md5Hex(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}
