package exchange

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

func TestBudget(t *testing.T) {
	c, b := chainTo(t, "http://a.example", func(o *Options) { o.Transport, o.Budget = always{}, 2 })
	for range 2 {
		if _, _, err := get(t, c, "http://a.example"+secretPath); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := get(t, c, "http://a.example"+secretPath)
	wantFailure(t, err, sdk.Unsupported, false, "more exchanges than the 2", "bug in the plugin")
	if b.rows().Begun != 2 || c.Calls() != 2 {
		t.Errorf("%d rows, %d calls, want 2 and 2", b.rows().Begun, c.Calls())
	}
}

func TestNothingLeavesWithoutARow(t *testing.T) {
	full := errors.New("no space is left for the s3cret store")
	limit := &sdk.Failure{Class: sdk.QuotaExhausted, Text: "the quota is used up", RetryAfter: time.Hour}
	for name, test := range map[string]struct {
		refuse error
		class  sdk.Class
		says   string
	}{
		"the store is full": {fmt.Errorf("write: %w", full), sdk.Unavailable, "could not be written to the ledger"},
		"a limit refuses":   {limit, sdk.QuotaExhausted, "used up"},
	} {
		t.Run(name, func(t *testing.T) {
			c, b := chainTo(t, "http://a.example", func(o *Options) { o.Transport = never{t} })
			b.refuse = test.refuse
			_, _, err := get(t, c, "http://a.example"+secretPath)
			wantFailure(t, err, test.class, false, test.says)
			if want := errors.Unwrap(test.refuse); want != nil && !errors.Is(err, want) {
				t.Errorf("the recorder's error is not in the tree of %v", err)
			}
			if c.Calls() != 0 || !c.LastSent().IsZero() {
				t.Errorf("%d calls, the last at %s, want none", c.Calls(), c.LastSent())
			}
		})
	}
}

func TestUnsentIsTakenBack(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	fails := func(err error) http.RoundTripper {
		return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
	}
	for name, test := range map[string]struct {
		url       string
		transport http.RoundTripper
		says      string
	}{
		"refused":         {url: closed.URL, says: "no connection to " + address(closed) + ": connection refused"},
		"no TLS there":    {url: "https://" + address(plain), says: "does not speak TLS"},
		"no such name":    {url: "http://a.example", transport: fails(&net.DNSError{Err: "s3cret", IsNotFound: true}), says: "a.example:80: there is no host of that name"},
		"name server":     {url: "http://a.example", transport: fails(&net.DNSError{Err: "s3cret"}), says: "could not be resolved"},
		"name server out": {url: "http://a.example", transport: fails(&net.DNSError{Err: "s3cret", IsTimeout: true}), says: "in time"},
		"odd":             {url: "https://[::1]:9", transport: fails(errors.New("s3cret")), says: "no connection to [::1]:9: the connection failed"},
	} {
		t.Run(name, func(t *testing.T) {
			c, b := chainTo(t, test.url, func(o *Options) { o.Transport = test.transport })
			_, _, err := get(t, c, test.url+secretPath)
			wantFailure(t, err, sdk.Unavailable, false, test.says)
			wantRows(t, b, rows{Begun: 1, Unsent: 1})
			if c.Calls() != 0 {
				t.Errorf("%d calls, want none", c.Calls())
			}
		})
	}
}

// answers is a transport that is not net/http's, and tells nothing of what it does.
type answers struct{ err error }

func (a answers) RoundTrip(*http.Request) (*http.Response, error) { return nil, a.err }

func TestTransportThatTellsNothing(t *testing.T) {
	t.Run("an error counts as sent", func(t *testing.T) {
		c, b := chainTo(t, "http://a.example", func(o *Options) { o.Transport = answers{errors.New("s3cret")} })
		_, _, err := get(t, c, "http://a.example"+secretPath)
		wantFailure(t, err, sdk.Unavailable, true, "a.example:80 gave no answer")
		wantRows(t, b, rows{Begun: 1, Settled: []Outcome{{Class: "unavailable"}}})
	})
	t.Run("its failure stays what it is", func(t *testing.T) {
		given := &sdk.Failure{Class: sdk.LockedOut, Text: "not today", RetryAfter: time.Minute}
		c, b := chainTo(t, "http://a.example", func(o *Options) { o.Transport = answers{given} })
		_, _, err := get(t, c, "http://a.example"+secretPath)
		wantFailure(t, err, sdk.LockedOut, true, "not today")
		if given.Sent {
			t.Error("the transport's own failure was changed")
		}
		wantRows(t, b, rows{Begun: 1, Settled: []Outcome{{Class: "locked_out"}}})
	})
}
