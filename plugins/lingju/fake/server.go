// Package fake is the authorisation service of Lingju as its documentation describes it, for tests, the demo and benchmarks.
//
// It is strict: a request with another method, path, content type or parameter than the documented ones is refused and recorded as a
// violation that a test can read. It counts the calls of a device and refuses the eleventh in a calendar month of Shanghai. Its clock is the
// caller's. On demand it misbehaves: Server.Misbehave gives any raw answer, Server.Refuse any error code, Server.Odd a right answer in the
// odd shapes that servers send.
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

// pathAuthorize is the path of the one call.
const pathAuthorize = "/httpapi/authorize.do"

// shanghai is the time zone of the quota's months. China has had no summer time since 1991.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Options say what the server is like. The zero value is a server that works, with an account of empty credentials that nobody can use.
type Options struct {
	Now     func() time.Time // the server's clock; nil: time.Now
	Account Account          // the one account there is
	Expires int64            // days that the answers tell; 0: 87, as in the documentation's sample. A token lives for 30 days at most
	Quota   int              // calls of one device in a calendar month; 0: 10
}

// Account is what the vendor gives to a developer. Any well-formed userid may use it.
type Account struct {
	AppKey   string
	AuthCode string // of hardware platforms; empty: a software platform, which sends none
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
	used   map[string]int       // calls by device and month
	until  map[string]time.Time // end of life by access token
}

// New makes a server that has handed out nothing yet.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Expires == 0 {
		o.Expires = 87
	}
	if o.Quota == 0 {
		o.Quota = 10
	}
	return &Server{options: o, used: map[string]int{}, until: map[string]time.Time{}}
}

// Alive tells whether a later call with this access token would be served now.
func (s *Server) Alive(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.options.Now().Before(s.until[token])
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := readBody(r)
	s.mu.Lock()
	d, status, code := s.read(r, body)
	s.mu.Unlock()

	w.Header().Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	if s.Enter(w, r, "") {
		return
	}
	if status != http.StatusOK {
		w.WriteHeader(status)
		return
	}
	s.mu.Lock()
	answer := s.answer(d, code)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_, _ = io.WriteString(w, answer) // a caller that hung up is not the server's concern
}

// answer is the body that goes back for a device, or for the code that refuses its request. The caller holds s.mu.
func (s *Server) answer(d device, code int) string {
	if code == 0 {
		code = s.admit(d)
	}
	refused := strconv.Itoa(code)
	if code := s.Refusal(); code != "" {
		refused = code
	}
	if refused != "0" {
		return s.renderRefusal(refused)
	}
	return s.render(s.grant())
}

// admit counts a device's call, and gives the error code that refuses it or 0. The caller holds s.mu.
func (s *Server) admit(d device) (code int) {
	month := d.appkey + " " + d.userid + " " + s.options.Now().In(shanghai).Format("2006-01")
	s.used[month]++
	switch a := s.options.Account; {
	case a.AppKey == "" || d.appkey != a.AppKey:
		return codeAppKey
	case d.authcode != a.AuthCode:
		return codeAuthCode
	case s.used[month] > s.options.Quota:
		return codeQuota
	}
	return 0
}

// violated records what is wrong with a request. The caller holds s.mu.
func (s *Server) violated(format string, args ...any) {
	s.Violated(fmt.Sprintf(format, args...))
}

// grant hands out a new token. The caller holds s.mu.
func (s *Server) grant() (token string) {
	s.issued++
	token = fmt.Sprintf("9d%037d", s.issued)
	s.until[token] = s.options.Now().AddDate(0, 0, int(min(s.options.Expires, 30)))
	return token
}
