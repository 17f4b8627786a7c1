package exchange

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

// raw serves connections with bytes instead of HTTP, once the request's header came.
func raw(t *testing.T, answer func(net.Conn)) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		answer(conn)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func writes(text string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, text) }
}

func zipped(n int) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.Copy(z, io.LimitReader(zeros{}, int64(n)))
	_ = z.Close()
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestBrokenAnswers(t *testing.T) {
	bomb, small := zipped(16<<20), zipped(1000)
	gzipped := func(b []byte) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(b), b)
	}
	for name, test := range map[string]struct {
		answer func(net.Conn)
		class  sdk.Class
		says   string
	}{
		"nothing":              {writes(""), sdk.Unavailable, "closed the connection without an answer"},
		"reset":                {func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, sdk.Unavailable, "gave no answer: connection reset by peer"},
		"cut in the header":    {writes("HTTP/1.1 200 OK\r\nX-s3cret: "), sdk.Unavailable, "cut short"},
		"cut in the body":      {writes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ns3cret"), sdk.Unavailable, "cut short"},
		"cut in a chunk":       {writes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\ns3cret"), sdk.Unavailable, "cut short"},
		"cut in a compression": {writes("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + string(small[:20])), sdk.Unavailable, "cut short"},
		"not HTTP":             {writes("s3cret s3cret s3cret\r\n\r\n"), sdk.MalformedAnswer, "not HTTP"},
		"a broken header":      {writes("HTTP/1.1 200 OK\r\ns3cret\r\n\r\n"), sdk.MalformedAnswer, "not HTTP"},
		"a broken chunk":       {writes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ns3cret\r\n"), sdk.MalformedAnswer, "not HTTP"},
		"a broken compression": {writes(gzipped([]byte("s3cret s3cret s3cret"))), sdk.MalformedAnswer, "not plain HTTP"},
		"another protocol":     {writes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), sdk.MalformedAnswer, "not plain HTTP"},
		"too large":            {writes("HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", maxBody+1)), sdk.MalformedAnswer, "over 1 MiB"},
		"a gzip bomb":          {writes(gzipped(bomb)), sdk.MalformedAnswer, "over 1 MiB"},
		"a huge header":        {writes("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20)), sdk.MalformedAnswer, "not HTTP"},
	} {
		t.Run(name, func(t *testing.T) {
			url := raw(t, test.answer)
			c, b := chainTo(t, url)
			_, _, err := get(t, c, url+secretPath)
			text := wantFailure(t, err, test.class, true, test.says)
			if host := strings.TrimPrefix(url, "http://"); !strings.Contains(text, host) {
				t.Errorf("text %q does not name %s", text, host)
			}
			wantRows(t, b, rows{Begun: 1, Settled: []Outcome{{Class: string(test.class)}}})
		})
	}
}

func TestAnswersAsTheyAre(t *testing.T) {
	largest := strings.Repeat("x", maxBody)
	for name, test := range map[string]struct {
		answer string
		status int
		body   string
	}{
		"the largest":    {"HTTP/1.1 200 OK\r\n\r\n" + largest, 200, largest},
		"compressed":     {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + string(zipped(1000)), 200, strings.Repeat("\x00", 1000)},
		"no content":     {"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
		"a redirect":     {"HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 2\r\n\r\nhi", 302, "hi"},
		"a fault":        {"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nhi", 503, "hi"},
		"an early hint":  {"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi"},
		"by HTTP/1.0":    {"HTTP/1.0 200 OK\r\n\r\nhi", 200, "hi"},
		"an odd charset": {"HTTP/1.1 200 OK\r\nX: \xb9\xe3\r\nContent-Length: 2\r\n\r\n\xb9\xe3", 200, "\xb9\xe3"},
	} {
		t.Run(name, func(t *testing.T) {
			url := raw(t, writes(test.answer))
			c, b := chainTo(t, url)
			resp, body, err := get(t, c, url+secretPath)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != test.status || body != test.body {
				t.Errorf("answer %d with %d bytes, want %d with %d", resp.StatusCode, len(body), test.status, len(test.body))
			}
			wantRows(t, b, rows{Begun: 1, Settled: []Outcome{{Class: Answered, Status: test.status}}})
		})
	}
}

func TestDeadline(t *testing.T) {
	for name, answer := range map[string]string{"before the answer": "", "in the header": "HTTP/1.1 200 OK\r\n", "in the body": "HTTP/1.1 200 OK\r\n\r\nx"} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan struct{})
			url := raw(t, func(c net.Conn) {
				_, _ = io.WriteString(c, answer)
				_, _ = io.Copy(io.Discard, c) // until the other side gives up
				close(ended)
			})
			c, b := chainTo(t, url, func(o *Options) { o.Timeout = 50 * time.Millisecond })
			_, _, err := get(t, c, url+secretPath)
			wantFailure(t, err, sdk.Unavailable, true, "no answer from "+strings.TrimPrefix(url, "http://")+" within 50ms")
			wantRows(t, b, rows{Begun: 1, Settled: []Outcome{{Class: "unavailable"}}})
			<-ended
		})
	}
	t.Run("in the connection", func(t *testing.T) {
		dialed := make(chan error, 1)
		slow := &http.Transport{DisableKeepAlives: true, DialContext: dial(func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			dialed <- ctx.Err()
			return nil, ctx.Err()
		}).ending}
		c, b := chainTo(t, "http://a.example", func(o *Options) { o.Timeout, o.Transport = 50*time.Millisecond, slow })
		_, _, err := get(t, c, "http://a.example"+secretPath)
		wantFailure(t, err, sdk.Unavailable, false, "no connection to a.example:80 within 50ms")
		wantRows(t, b, rows{Begun: 1, Unsent: 1})
		<-dialed
	})
}

func TestCancel(t *testing.T) {
	t.Run("before it is sent", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c, b := chainTo(t, "http://a.example", func(o *Options) { o.Transport = never{t} })
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://a.example"+secretPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = do(t, c, req)
		wantFailure(t, err, sdk.Unavailable, false, "canceled before")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v is no cancellation", err)
		}
		wantRows(t, b, rows{})
	})
	t.Run("while the vendor thinks", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		url := raw(t, func(c net.Conn) {
			cancel()
			_, _ = io.Copy(io.Discard, c)
			close(ended)
		})
		c, b := chainTo(t, url)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+secretPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = do(t, c, req)
		wantFailure(t, err, sdk.Unavailable, true, "canceled while")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v is no cancellation", err)
		}
		wantRows(t, b, rows{Begun: 1, Settled: []Outcome{{Class: "unavailable"}}})
		<-ended
	})
}

// one answers everything with one answer.
type one struct{ *http.Response }

func (o one) RoundTrip(*http.Request) (*http.Response, error) { return o.Response, nil }

// The transport's body is closed: one of a program may wait for that.
func TestAnswerIsClosed(t *testing.T) {
	body := &closing{Reader: strings.NewReader("fine")}
	d := &deadline{timeout: time.Minute, next: one{&http.Response{StatusCode: http.StatusOK, Body: body, ContentLength: -1}}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://vendor.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.RoundTrip(req); err != nil || !body.closed {
		t.Errorf("closed: %t, %v", body.closed, err)
	}
}
