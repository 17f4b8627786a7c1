package exchange

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

func TestHeadersThatLeave(t *testing.T) {
	var got http.Header
	var host string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got, host = r.Header, r.Host }))
	defer server.Close()
	c, _ := chainTo(t, server.URL)

	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	req.Header = http.Header{
		"host":                {"evil.example"},
		"Content-Length":      {"1"},
		"Transfer-Encoding":   {"chunked"},
		"Connection":          {"x-hop, keep-alive"},
		"X-Hop":               {"1"},
		"Keep-Alive":          {"1"},
		"Proxy-Authorization": {"Basic x"},
		"Te":                  {"trailers"},
		"Upgrade":             {"websocket"},
		"Expect":              {"100-continue"},
		"Accept-Encoding":     {"br"},
		"Content-Type":        {"text/plain; charset=GBK"},
		"x-many":              {"1", "2"},
		"X-Bytes":             {"\xb9\xe3"},
	}
	if _, _, err := do(t, c, req); err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"User-Agent":      {"authrun/0.1.0"},
		"Accept-Encoding": {"gzip"},
		"Connection":      {"close"},
		"Content-Length":  {"4"},
		"Content-Type":    {"text/plain; charset=GBK"},
		"X-Many":          {"1", "2"},
		"X-Bytes":         {"\xb9\xe3"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
	if host != address(server) {
		t.Errorf("host %q, want %q", host, address(server))
	}
}

func TestUserAgentOfThePlugin(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header["User-Agent"] }))
	defer server.Close()
	for _, test := range []struct {
		header http.Header
		want   []string
	}{
		{http.Header{}, []string{"authrun/0.1.0"}},
		{http.Header{"User-Agent": {"own/1"}}, []string{"own/1"}},
		{http.Header{"user-agent": {"own/1"}}, []string{"own/1"}},
		{http.Header{"User-Agent": {""}}, nil},
	} {
		c, _ := chainTo(t, server.URL)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = test.header
		if _, _, err := do(t, c, req); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%v (-want +got):\n%s", test.header, d)
		}
	}
}

func TestRequestRefused(t *testing.T) {
	const to = "http://a.example/"
	for name, test := range map[string]struct {
		method string
		header http.Header
		body   io.Reader
		raw    string // query
		says   string
	}{
		"a body over 1 MiB":    {method: "POST", body: strings.NewReader(strings.Repeat("x", maxBody+1)), says: "over 1 MiB"},
		"CONNECT":              {method: "CONNECT", says: "method"},
		"no method":            {method: "GET /s3cret HTTP/1.1\r\nX:", says: "method"},
		"a broken header name": {header: http.Header{"X\r\ns3cret": {"1"}}, says: "header whose name"},
		"a broken header":      {header: http.Header{"X-Key": {"s3cret\r\nX: 1"}}, says: "X-Key"},
		"a broken query":       {raw: "a=s3cret\r\nX: 1", says: "control character"},
	} {
		t.Run(name, func(t *testing.T) {
			c, b := chainTo(t, to, func(o *Options) { o.Transport = never{t} })
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, test.body)
			if err != nil {
				t.Fatal(err)
			}
			if test.method != "" {
				req.Method = test.method
			}
			if test.header != nil {
				req.Header = test.header
			}
			req.URL.RawQuery = test.raw
			_, _, err = do(t, c, req)
			wantFailure(t, err, sdk.Unsupported, false, test.says)
			wantRows(t, b, rows{})
		})
	}
	t.Run("a body that cannot be read", func(t *testing.T) {
		c, b := chainTo(t, to, func(o *Options) { o.Transport = never{t} })
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, iotest.ErrReader(errors.New("s3cret")))
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = do(t, c, req)
		wantFailure(t, err, sdk.Unavailable, false, "could not be read")
		wantRows(t, b, rows{})
	})
}

func TestLargestBody(t *testing.T) {
	var got int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got, _ = io.Copy(io.Discard, r.Body) }))
	defer server.Close()
	c, _ := chainTo(t, server.URL)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(strings.Repeat("x", maxBody)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := do(t, c, req); err != nil || got != maxBody {
		t.Errorf("%d bytes came, %v, want %d", got, err, maxBody)
	}
}

func TestBodyIsClosed(t *testing.T) {
	for name, budget := range map[string]int{"sent": 1, "refused": 0} {
		body := &closing{Reader: strings.NewReader("x")}
		c, _ := chainTo(t, "http://a.example", func(o *Options) { o.Transport, o.Budget = always{}, budget })
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://a.example", body)
		if err != nil {
			t.Fatal(err)
		}
		_, _, _ = do(t, c, req)
		if !body.closed {
			t.Errorf("%s: the request's body is not closed", name)
		}
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }
