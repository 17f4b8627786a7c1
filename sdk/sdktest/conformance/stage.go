package conformance

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// stage is the vendor's side of one operation: the transport that answers from a script.
type stage struct {
	exchanges []script.Exchange
	origins   []string // where requests may go
	insert    func(string) string
	// play answers the exchange of that number in the place of the script; nil: nothing does. The request has been looked at.
	play play

	mu    sync.Mutex
	made  int
	wrong []string
}

// RoundTrip answers a request.
func (s *stage) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	n := s.made
	s.made++
	s.look(n, req, body)
	s.mu.Unlock()
	if n >= len(s.exchanges) {
		return respond(script.Answer{Status: http.StatusTeapot}), nil
	}
	if s.play != nil {
		if resp, err := s.play(n, req, s.exchanges[n]); resp != nil || err != nil {
			return resp, err
		}
	}
	return answer(s.exchanges[n])
}

// look notes what is wrong with the request of that number.
func (s *stage) look(n int, req *http.Request, body []byte) {
	if n >= len(s.exchanges) {
		s.wrong = append(s.wrong, fmt.Sprintf("it makes exchange %d, and the script has %d", n+1, len(s.exchanges)))
		return
	}
	if to := req.URL.Scheme + "://" + req.URL.Host; !slices.Contains(s.origins, to) {
		s.wrong = append(s.wrong, fmt.Sprintf("exchange %d goes to %s, which is no endpoint argument's", n+1, to))
	}
	for _, text := range s.exchanges[n].Request.Match(req, body, s.insert) {
		s.wrong = append(s.wrong, fmt.Sprintf("request %d: %s", n+1, text))
	}
}

// report is how many exchanges were made, and what was wrong with them.
func (s *stage) report() (made int, wrong []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made, append([]string(nil), s.wrong...)
}

// answer is what comes of a scripted exchange.
func answer(e script.Exchange) (*http.Response, error) {
	if e.Lost != "" {
		return nil, &sdk.Failure{Class: e.Lost, Text: "there was no answer", Sent: true}
	}
	return respond(e.Answer), nil
}

// respond is an answer as a response.
func respond(a script.Answer) *http.Response {
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	resp := &http.Response{StatusCode: a.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(bytes.NewReader([]byte(a.Body))), ContentLength: int64(len(a.Body))}
	for name, value := range a.Headers {
		resp.Header.Set(name, value)
	}
	return resp
}

// originOf is the origin of a URL; "" where it is none.
func originOf(address any) string {
	text, _ := address.(string)
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.ToLower(u.Scheme) + "://" + u.Host
}
