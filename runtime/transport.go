package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/placement"
	"github.com/authrun/authrun/sdk"
)

// Transport is an http.RoundTripper for the vendor's API: it puts the live token on each request, where the vendor's plugin says that it goes. Make
// one by [TokenSource.Transport]. It may be used by many goroutines.
//
// Where the answer shows that the vendor took the token for dead, the token is reported as refused, and replaced at most once for all requests that
// carried it; a request whose body can be read again (GetBody) is repeated once with the new one. A second refusal is given as it is: there is no
// loop. An answer that the vendor also gives where a right is missing is believed of a token of some minutes only, and once an hour. What replaces
// tokens is bounded by [Options.RefusalsPerHour], and by the vendor's limits as always.
//
// The token goes to the addresses of the auth block's endpoints and to those that were named, and nowhere else, so that a redirect to another
// host is an error.
type Transport struct {
	source  *TokenSource
	base    http.RoundTripper
	origins origins // beside those of the block's endpoints
}

// Transport makes a RoundTripper that sends by base; nil: http.DefaultTransport. API are URLs to whose hosts the token may go beside the block's
// endpoints, for vendors whose API has another address than its tokens.
func (s *TokenSource) Transport(base http.RoundTripper, api ...string) (*Transport, error) {
	t := &Transport{source: s, base: base, origins: origins{}}
	if t.base == nil {
		t.base = http.DefaultTransport
	}
	for _, text := range api {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("%q is no URL of an API: name one with http:// or https:// and a host", text)
		}
		t.origins.add(u)
	}
	return t, nil
}

// Client is an http.Client for the vendor's API; see [TokenSource.Transport].
func (s *TokenSource) Client(api ...string) (*http.Client, error) {
	t, err := s.Transport(nil, api...)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: t}, nil
}

// carried is how a credential goes on requests.
type carried struct {
	places  placement.Places
	problem error // why it cannot
	dead    []sdk.Evidence
	origins origins // of the block's endpoints
	issued  time.Time
}

func newCarried(b credential.Block, look credential.Look, c Credential) carried {
	out := carried{dead: b.Schema.Token.Dead, origins: origins{}, issued: look.IssuedAt}
	if len(b.Schema.Token.Use) == 0 {
		out.problem = fmt.Errorf("the plugin of %s does not say where its tokens go on a request", c.Address)
	} else if out.places, out.problem = placement.New(b.Schema.Token.Use, c.Value); out.problem != nil {
		out.problem = fmt.Errorf("the token of %s cannot go on a request: %w", c.Address, out.problem)
	}
	for _, endpoint := range b.Endpoints {
		if u, err := url.Parse(endpoint); err == nil {
			out.origins.add(u)
		}
	}
	return out
}

// RoundTrip sends a request with the token on it, as http.RoundTripper says. Its errors are those of [TokenSource.TokenContext], of the RoundTripper
// below, and its own where the token cannot go on the request or not to its host. The answer's Request is r, without the token.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.roundTrip(r)
	if err != nil {
		return nil, t.hidden(err)
	}
	answer.Request = r
	return answer, nil
}

func (t *Transport) roundTrip(r *http.Request) (*http.Response, error) {
	l, err := t.source.valid(r.Context())
	if err == nil {
		err = t.allowed(l, r.URL)
	}
	if err != nil {
		closeBody(r)
		return nil, err
	}
	answer, err := t.send(r, l)
	if err != nil || !t.refused(l, answer) {
		return answer, err
	}
	token := l.credential.Token
	if !repeatable(r) {
		t.source.report(token) // for those that come after it
		return answer, nil
	}
	placement.Detach(answer) // what gets a new token may need its connection
	if l, err = t.source.another(r.Context(), token); err == nil {
		err = t.allowed(l, r.URL)
	}
	again := r
	if err == nil {
		again, err = repeated(r)
	}
	switch {
	case r.Context().Err() != nil:
		answer.Body.Close()
		closeBody(again)
		return nil, context.Cause(r.Context())
	case err != nil:
		return answer, nil // what the vendor said is all that there is to say
	}
	answer.Body.Close()
	return t.send(again, l)
}

// send sends a request with the token of l.
func (t *Transport) send(r *http.Request, l *live) (*http.Response, error) {
	with, err := l.places.Put(r)
	if err != nil {
		return nil, err
	}
	return t.base.RoundTrip(with)
}

// CloseIdleConnections closes those of the RoundTripper below, as http.Client does.
func (t *Transport) CloseIdleConnections() {
	if below, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		below.CloseIdleConnections()
	}
}

// hiddenError is an error whose text would show a token: a RoundTripper that tells the URL, for one.
type hiddenError struct {
	text string
	err  error
}

func (e *hiddenError) Error() string { return e.text }
func (e *hiddenError) Unwrap() error { return e.err }

// hidden makes an error safe to show.
func (t *Transport) hidden(err error) error {
	text := err.Error()
	if shown := t.source.flow.rt.secrets.String(text); shown != text {
		return &hiddenError{shown, err}
	}
	return err
}

// allowed tells why the token may not go to a URL; nil: it may.
func (t *Transport) allowed(l *live, u *url.URL) error {
	if l.problem != nil {
		return l.problem
	}
	if u == nil {
		return errors.New("the request has no URL")
	}
	if l.origins.has(u) || t.origins.has(u) {
		return nil
	}
	at := origin(u)
	if !l.origins[at] && !t.origins[at] {
		return fmt.Errorf("the token of %s does not go to %s: that is no endpoint of its block, and no API that was named", t.source.address, at)
	}
	return nil
}

// refused tells whether an answer says that the token is dead.
func (t *Transport) refused(l *live, answer *http.Response) bool {
	switch placement.Judge(l.dead, answer) {
	case placement.Dead:
		return true
	case placement.Suspect:
		return t.source.believes(l)
	default:
		return false
	}
}

const (
	// Evidence that proves little is believed of a token of at least that age, and once in that time ...
	suspectAge  = 5 * time.Minute
	suspectRest = time.Hour
	// ... but for requests that were under way then, too: they carried the same token.
	suspectShared = time.Minute
)

// believes tells whether weak evidence against a token is believed.
func (s *TokenSource) believes(l *live) bool {
	token, now := l.credential.Token, s.flow.rt.now()
	if s.successor(token) != nil {
		return true // it was replaced already: another one costs nothing
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	since := now.Sub(s.suspected)
	switch {
	case s.suspect == token && since < suspectShared:
		return true
	case l.now(s.flow.rt).Sub(l.issued) < suspectAge || !s.suspected.IsZero() && since < suspectRest:
		return false
	}
	s.suspect, s.suspected = token, now
	return true
}

// report has a refused token replaced, and waits for nothing.
func (s *TokenSource) report(refused string) {
	if s.successor(refused) == nil {
		_, _ = s.fly(refused) // that it may not be replaced is told to who asks for a token
	}
}

// repeatable tells whether a request can be sent once more.
func repeatable(r *http.Request) bool {
	return r.Body == nil || r.Body == http.NoBody || r.GetBody != nil
}

// repeated gives a repeatable request once more. Its body was sent, or closed before that.
func repeated(r *http.Request) (*http.Request, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, nil
	}
	body, err := r.GetBody()
	if err != nil {
		return r, err
	}
	again := new(http.Request)
	*again = *r
	again.Body = body
	return again, nil
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		r.Body.Close()
	}
}

// origins are the addresses that a token may go to.
type origins map[string]bool

func (o origins) add(u *url.URL) { o[origin(u)], o[u.Scheme+"://"+u.Host] = true, true }

// has tells whether a URL is written as one of them was; one that is not may still be the same address. Most requests end here, without an
// allocation.
func (o origins) has(u *url.URL) bool {
	for at := range o {
		if scheme, host, _ := strings.Cut(at, "://"); u.Scheme == scheme && u.Host == host {
			return true
		}
	}
	return false
}

// origin is scheme, host and port of a URL, in one form.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + host + ":" + port
}
