package runtime_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/runtimetest"
	"github.com/authrun/authrun/sdk"
)

// roundTripper is a function that is one.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

const acmeAPI = "https://api.acme.test"

// carry is a transport for the API of the vendor acme, with its token in the query.
func carry(t *testing.T, base http.RoundTripper, token sdk.Token, o authrun.Options) (*authrun.Transport, *runtimetest.Vendor) {
	t.Helper()
	vendor := &runtimetest.Vendor{Name: "acme", Life: time.Hour, Token: token}
	transport, err := runtimetest.Open(t, o, authrun.Inputs{}, oneBlock, vendor).Source("auth.acme.main").Transport(base, acmeAPI)
	if err != nil {
		t.Fatal(err)
	}
	return transport, vendor
}

func inQuery(dead ...sdk.Evidence) sdk.Token {
	return sdk.Token{Use: []sdk.Placement{{In: sdk.InQuery, Name: "token", Value: "{token}"}}, Dead: dead}
}

func answer(status int, media, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {media}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}
}

// The request stays as it was, and neither the answer nor an error shows the token.
func TestTransportShowsNoToken(t *testing.T) {
	var sent []string
	fail := false
	transport, _ := carry(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r.URL.RawQuery)
		if fail {
			return nil, fmt.Errorf("GET %s: giving up: %w", r.URL, io.ErrUnexpectedEOF)
		}
		a := answer(http.StatusOK, "text/plain", "fine")
		a.Request = r
		return a, nil
	}), inQuery(), authrun.Options{})
	r := httptest.NewRequest(http.MethodGet, acmeAPI+"/x?a=1", nil)
	got, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	if got.Request != r || r.URL.RawQuery != "a=1" || sent[0] != "a=1&token=acme-1" {
		t.Errorf("sent %v; the answer is to %v; the request is now %v", sent, got.Request.URL, r.URL)
	}
	fail = true
	if _, err := transport.RoundTrip(r); !errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "acme-1") {
		t.Errorf("%v", err)
	}
}

// An answer that is a stream is handed over as it begins.
func TestTransportStream(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.URL.Path[1:]+"; charset=utf-8")
		fmt.Fprintln(w, `{"first":"piece"}`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	vendor := &runtimetest.Vendor{Name: "acme", Token: inQuery(sdk.Evidence{Pointer: "/code", OneOf: []string{"7"}})}
	client, err := runtimetest.New(t, oneBlock, vendor).Source("auth.acme.main").Client(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	for _, media := range []string{"text/event-stream", "application/x-ndjson", "application/stream+json"} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/"+media, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", media, err)
		}
		if line, err := bufio.NewReader(got.Body).ReadString('\n'); err != nil || line != "{\"first\":\"piece\"}\n" {
			t.Errorf("%s: %q %v", media, line, err)
		}
		cancel()
		got.Body.Close()
	}
}

// conn is the body of an answer that changes the protocol.
type conn struct{ io.Reader }

func (conn) Write(p []byte) (int, error) { return len(p), nil }
func (conn) Close() error                { return nil }

// A connection that changes its protocol is handed over untouched.
func TestTransportUpgrade(t *testing.T) {
	transport, _ := carry(t, roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusSwitchingProtocols, Header: http.Header{}, Body: conn{strings.NewReader(`{"code":7}`)}}, nil
	}), inQuery(sdk.Evidence{Pointer: "/code", OneOf: []string{"7"}}), authrun.Options{})
	got, err := transport.RoundTrip(httptest.NewRequest(http.MethodGet, acmeAPI, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := got.Body.(io.Writer); !ok {
		t.Error("its body cannot be written any more")
	}
}

// One connection for the API and for what gets tokens is enough: a refused answer does not hold it.
func TestTransportOneConnection(t *testing.T) {
	free := make(chan struct{}, 1)
	free <- struct{}{}
	take := func() { <-free }
	vendor := &runtimetest.Vendor{Name: "acme", Life: time.Hour}
	api := roundTripper(func(r *http.Request) (*http.Response, error) {
		take()
		status := http.StatusUnauthorized
		if r.Header.Get("Authorization") == "Bearer token-2" {
			status = http.StatusOK
		}
		a := answer(status, "application/json", "{}")
		a.Body = &released{a.Body, free}
		return a, nil
	})
	n := 0
	o := authrun.Options{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		take()
		n++
		a := answer(http.StatusOK, "application/json", fmt.Sprintf(`{"token":"token-%d"}`, n))
		a.Body = &released{a.Body, free}
		return a, nil
	})}
	transport, err := runtimetest.Open(t, o, authrun.Inputs{}, oneBlock, vendor).Source("auth.acme.main").Transport(api, acmeAPI)
	if err != nil {
		t.Fatal(err)
	}
	got, err := transport.RoundTrip(httptest.NewRequest(http.MethodGet, acmeAPI, nil))
	if err != nil || got.StatusCode != http.StatusOK {
		t.Fatal(got, err)
	}
	got.Body.Close()
}

// released frees the connection when the body is closed.
type released struct {
	io.ReadCloser
	free chan<- struct{}
}

func (r *released) Close() error { r.free <- struct{}{}; return r.ReadCloser.Close() }

// Who gives up between the two attempts gets the context's error, and every body is closed.
func TestTransportCanceledBetween(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	refusedAnswer := &closing{Reader: strings.NewReader("no")}
	requests := 0
	transport, _ := carry(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		requests++
		r.Body.Close()
		cancel()
		return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{}, Body: refusedAnswer}, nil
	}), sdk.Token{}, authrun.Options{})
	var bodies []*closing
	body := func() (io.ReadCloser, error) {
		bodies = append(bodies, &closing{Reader: strings.NewReader("x")})
		return bodies[len(bodies)-1], nil
	}
	r := httptest.NewRequest(http.MethodPost, acmeAPI, nil).WithContext(ctx)
	r.Body, _ = body()
	r.GetBody = body
	if got, err := transport.RoundTrip(r); !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("%v %v", got, err)
	}
	if requests != 1 || !refusedAnswer.closed {
		t.Errorf("%d requests; the refused answer was closed: %t", requests, refusedAnswer.closed)
	}
	for i, b := range bodies {
		if !b.closed {
			t.Errorf("body %d is open", i)
		}
	}
}

// A permission that is missing costs one token an hour at most, also where that brings the same token again.
func TestTransportWeakSameToken(t *testing.T) {
	forbidden := roundTripper(func(*http.Request) (*http.Response, error) {
		return answer(http.StatusForbidden, "text/plain", ""), nil
	})
	clock := runtimetest.NewClock(runtimetest.Start)
	calls := 0
	o := authrun.Options{Now: clock.Now, Sleep: clock.Sleep, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		calls++
		return answer(http.StatusOK, "application/json", `{"token":"always-the-same"}`), nil
	})}
	transport, _ := carry(t, forbidden, inQuery(sdk.Evidence{Status: http.StatusForbidden, Weak: true}), o)
	for range 50 {
		got, err := transport.RoundTrip(httptest.NewRequest(http.MethodGet, acmeAPI, nil))
		if err != nil || got.StatusCode != http.StatusForbidden {
			t.Fatal(got, err)
		}
		clock.Advance(time.Minute)
	}
	if calls != 2 {
		t.Errorf("%d calls in 50 minutes, want 2", calls)
	}
}

// idle counts what it is asked to close.
type idle struct {
	http.RoundTripper
	closed int
}

func (i *idle) CloseIdleConnections() { i.closed++ }

func TestTransportIdleConnections(t *testing.T) {
	below := &idle{RoundTripper: nothing{}}
	transport, _ := carry(t, below, sdk.Token{}, authrun.Options{})
	(&http.Client{Transport: transport}).CloseIdleConnections()
	if below.closed != 1 {
		t.Error("the connections below stay open")
	}
}
