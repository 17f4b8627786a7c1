// Package fake is an OAuth 2.0 authorization server with one client, in memory: client credentials, rotating refresh tokens, a password,
// metadata and revocation.
//
// It is strict: a request with another method, content type or parameter than RFC 6749 and RFC 7009 say is refused and noted as a violation.
// It can misbehave on demand. Tests and the simulator use it; it knows nothing of the plugin. The tests in ../servertest use a real server.
package fake

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk/sdktest/fakevendor"
)

// Life is how long a token lives where the options do not say.
const Life = time.Hour

// Options configure a [Server].
type Options struct {
	Now          func() time.Time // the server's clock; nil: time.Now
	ClientID     string
	ClientSecret string
	Username     string        // of the one person
	Password     string        // the person's
	Consent      string        // refresh token that a person's consent brought; empty: none
	Scopes       []string      // that the client may ask for; nil: any
	Life         time.Duration // of a token; 0: [Life]
	Prefix       string        // path that the server is reached under, before the one that it sees: "/oauth2"
	Keep         bool          // refresh tokens do not rotate
	TokenURL     string        // token endpoint of the metadata; empty: the server's own
}

// Misbehaviour is how a server misbehaves.
type Misbehaviour = fakevendor.Misbehaviour

// Oddity is an odd shape that real servers give their answers.
type Oddity = fakevendor.Oddity

// The odd shapes.
const (
	ExpiresMissing Oddity = "expires_in missing"
	ExpiresString  Oddity = "expires_in as a string"
	ErrorWith200   Oddity = "errors with status 200"
	OtherIssuer    Oddity = "metadata of another issuer"
	NoTokenURL     Oddity = "metadata without a token endpoint"
	NoRevocation   Oddity = "metadata without a revocation endpoint"
	KeepsTokens    Oddity = "revocation of refresh tokens only"
)

// Server is the fake. Its methods may be called at the same time from many goroutines. Refuse takes an error of RFC 6749.
type Server struct {
	*fakevendor.Server
	options Options

	mu      sync.Mutex
	issued  int
	tokens  map[string]time.Time // when each access token dies
	refresh map[string]string    // scope of each refresh token that is good
}

// New makes a server that has handed out nothing but the consent.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Life = cmp.Or(o.Life, Life)
	s := &Server{options: o, tokens: map[string]time.Time{}, refresh: map[string]string{}}
	if o.Consent != "" {
		s.refresh[o.Consent] = "consented"
	}
	s.Server = fakevendor.New(fakevendor.Routes{
		"GET /.well-known/openid-configuration":           s.metadata,
		"GET /.well-known/oauth-authorization-server":     s.metadata,
		"GET /.well-known/oauth-authorization-server/{p}": s.metadata,
		"POST /token":  s.token,
		"POST /revoke": s.revoke,
	})
	return s
}

// Alive tells whether the server would accept the token in a later call.
func (s *Server) Alive(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.options.Now().Before(s.tokens[token])
}

// metadata describes the server.
func (s *Server) metadata(r fakevendor.Request) fakevendor.Answer {
	issuer := "http://" + r.Host + s.options.Prefix
	body := map[string]any{"issuer": issuer, "token_endpoint": cmp.Or(s.options.TokenURL, issuer+"/token"), "revocation_endpoint": issuer + "/revoke"}
	if s.IsOdd(OtherIssuer) {
		body["issuer"] = "https://elsewhere.example"
	}
	if s.IsOdd(NoTokenURL) {
		delete(body, "token_endpoint")
	}
	if s.IsOdd(NoRevocation) {
		delete(body, "revocation_endpoint")
	}
	return fakevendor.Answer{Body: body}
}

// token answers a token request.
func (s *Server) token(r fakevendor.Request) fakevendor.Answer {
	f, violation := s.form(r, "grant_type", "scope", "refresh_token", "username", "password", "audience", "resource")
	if violation != "" {
		return s.fails("invalid_request", violation)
	}
	if r.Refused != "" {
		return s.fails(r.Refused, "")
	}
	if !s.isClient(r, f) {
		return s.fails("invalid_client", "")
	}
	scope := f.Get("scope")
	for one := range strings.FieldsSeq(scope) {
		if s.options.Scopes != nil && !slices.Contains(s.options.Scopes, one) {
			return s.fails("invalid_scope", "")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch grant := f.Get("grant_type"); grant {
	case "client_credentials":
		return s.grant(scope, "")
	case "password":
		if s.options.Username == "" || f.Get("username") != s.options.Username || f.Get("password") != s.options.Password {
			return s.fails("invalid_grant", "")
		}
		return s.grant(scope, s.newRefresh(scope))
	case "refresh_token":
		old := f.Get("refresh_token")
		granted, good := s.refresh[old]
		if !good {
			return s.fails("invalid_grant", "")
		}
		if s.options.Keep {
			return s.grant(granted, "")
		}
		delete(s.refresh, old)
		return s.grant(granted, s.newRefresh(granted))
	}
	return s.fails("unsupported_grant_type", "")
}

// grant issues an access token. The caller holds s.mu.
func (s *Server) grant(scope, refresh string) fakevendor.Answer {
	token := s.secret("access")
	s.tokens[token] = s.options.Now().Add(s.options.Life)
	body := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(s.options.Life / time.Second)}
	if s.IsOdd(ExpiresString) {
		body["expires_in"] = fmt.Sprint(body["expires_in"])
	}
	if s.IsOdd(ExpiresMissing) {
		delete(body, "expires_in")
	}
	if scope != "" {
		body["scope"] = scope
	}
	if refresh != "" {
		body["refresh_token"] = refresh
	}
	return fakevendor.Answer{Body: body, Header: http.Header{"Cache-Control": {"no-store"}}}
}

// newRefresh issues a refresh token. The caller holds s.mu.
func (s *Server) newRefresh(scope string) string {
	token := s.secret("refresh")
	s.refresh[token] = scope
	return token
}

// secret is a text that nobody guesses but who reads this. The caller holds s.mu.
func (s *Server) secret(kind string) string {
	s.issued++
	sum := sha256.Sum256(fmt.Appendf(nil, "oauth2 %s %d", kind, s.issued))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// revoke ends a token. One that is not known is as good as ended (RFC 7009, 2.2).
func (s *Server) revoke(r fakevendor.Request) fakevendor.Answer {
	f, violation := s.form(r, "token", "token_type_hint")
	switch {
	case violation != "":
		return s.fails("invalid_request", violation)
	case r.Refused != "":
		return s.fails(r.Refused, "")
	case !s.isClient(r, f):
		return s.fails("invalid_client", "")
	case s.IsOdd(KeepsTokens) && f.Get("token_type_hint") != "refresh_token":
		return s.fails("unsupported_token_type", "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, f.Get("token"))
	delete(s.refresh, f.Get("token"))
	return fakevendor.Answer{}
}

// form reads the parameters of a request, of which the first must be there, and says what is wrong with them.
func (s *Server) form(r fakevendor.Request, names ...string) (f url.Values, violation string) {
	if r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.URL.RawQuery != "" {
		return nil, "the parameters are not in a form"
	}
	f, err := url.ParseQuery(string(r.Content))
	if err != nil || f.Get(names[0]) == "" {
		return nil, "the parameter " + names[0] + " is missing"
	}
	known := append(names, "client_id", "client_secret", "client_assertion_type", "client_assertion")
	for name, values := range f {
		switch {
		case !slices.Contains(known, name):
			return nil, "the parameter " + name + " is not documented"
		case len(values) > 1 && name != "resource":
			return nil, "the parameter " + name + " is there twice"
		}
	}
	return f, ""
}

// isClient tells whether a request is the client's: by Basic, or by its parameters, and not by both.
func (s *Server) isClient(r fakevendor.Request, f url.Values) bool {
	id, secret, basic := r.BasicAuth()
	if basic {
		// RFC 6749, 2.3.1: encoded as in a form.
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
		if f.Has("client_secret") {
			return false
		}
	} else {
		id, secret = f.Get("client_id"), f.Get("client_secret")
	}
	return id == s.options.ClientID && secret == s.options.ClientSecret
}

// fails is an error of RFC 6749, 5.2.
func (s *Server) fails(code, violation string) fakevendor.Answer {
	a := fakevendor.Answer{Status: http.StatusBadRequest, Body: map[string]any{"error": code, "error_description": "the server says no"}, Violation: violation}
	switch code {
	case "invalid_client":
		a.Status, a.Header = http.StatusUnauthorized, http.Header{"Www-Authenticate": {"Basic"}}
	case "temporarily_unavailable":
		a.Status = http.StatusServiceUnavailable
	}
	if s.IsOdd(ErrorWith200) {
		a.Status = http.StatusOK
	}
	return a
}
