package exchange

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/authrun/authrun/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secretPath stands in every URL that the tests ask for, and must stand in no text.
const secretPath = "/s3cret-path?q=s3cret-query"

// book is a Recorder that remembers all, in order.
type book struct {
	refuse error // of Begin

	mu      sync.Mutex
	begun   int64
	settled []Outcome
	unsent  int
}

func (b *book) Begin(context.Context) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return 0, b.refuse
	}
	b.begun++
	return b.begun, nil
}

func (b *book) Settle(ctx context.Context, _ int64, o Outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx.Err() != nil {
		o.Class = "settled with a context that is done"
	}
	o.Took = 0
	b.settled = append(b.settled, o)
}

func (b *book) Unsent(context.Context, int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unsent++
}

// rows is what the book says, in a form to compare.
type rows struct {
	Begun   int64
	Settled []Outcome
	Unsent  int
}

func (b *book) rows() rows {
	b.mu.Lock()
	defer b.mu.Unlock()
	return rows{b.begun, b.settled, b.unsent}
}

// direct is a transport as a block without `network` has it.
func direct(t *testing.T, n Network) http.RoundTripper {
	t.Helper()
	rt, err := NewTransport(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// chainTo makes a chain to the origin of url, with a budget that is no concern.
func chainTo(t *testing.T, url string, change ...func(*Options)) (*Chain, *book) {
	t.Helper()
	b := &book{}
	o := Options{Origins: []string{url}, Budget: 10, Recorder: b, UserAgent: "authrun/0.1.0"}
	for _, c := range change {
		c(&o)
	}
	if o.Transport == nil {
		o.Transport = direct(t, Network{})
	}
	return New(o), b
}

// get asks for url through rt and reads the whole answer.
func get(t *testing.T, rt http.RoundTripper, url string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, rt, req)
}

func do(t *testing.T, rt http.RoundTripper, req *http.Request) (*http.Response, string, error) {
	t.Helper()
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("the answer's body is not in memory: %v", err)
	}
	return resp, string(body), nil
}

// wantFailure checks the failure in err: its class, whether it counts as sent, and what its text says. It returns the text.
func wantFailure(t *testing.T, err error, class sdk.Class, sent bool, words ...string) string {
	t.Helper()
	var f *sdk.Failure
	if !errors.As(err, &f) {
		t.Fatalf("error %v, want a failure", err)
	}
	if f.Class != class || f.Sent != sent {
		t.Errorf("class %s, sent %t, want %s, %t (%s)", f.Class, f.Sent, class, sent, f.Text)
	}
	for _, w := range words {
		if !strings.Contains(f.Text, w) {
			t.Errorf("text %q does not say %q", f.Text, w)
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%q repeats what may be a secret", err)
	}
	return f.Text
}

// wantRows checks what the ledger says in the end.
func wantRows(t *testing.T, b *book, want rows) {
	t.Helper()
	if d := cmp.Diff(want, b.rows()); d != "" {
		t.Errorf("ledger (-want +got):\n%s", d)
	}
}

// address is host and port of a test server.
func address(s *httptest.Server) string { return s.Listener.Addr().String() }

func TestExchange(t *testing.T) {
	var b *book
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := b.rows().Begun; got != 1 {
			t.Errorf("%d rows were written when the request came, want 1", got)
		}
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, r.Method+" "+r.URL.String()+" "+string(body))
	}))
	defer server.Close()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c, recorder := chainTo(t, server.URL, func(o *Options) { o.Now = func() time.Time { return now } })
	b = recorder

	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/a%2Fb?x=1;y=2#part", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	resp, body, err := do(t, c, req)
	if err != nil {
		t.Fatal(err)
	}
	if want := "POST /a%2Fb?x=1;y=2 hello"; body != want || resp.StatusCode != http.StatusTeapot || resp.Header.Get("X-Answer") != "yes" {
		t.Errorf("answer %d %q %v, want 418 %q", resp.StatusCode, body, resp.Header, want)
	}
	if resp.ContentLength != int64(len(body)) {
		t.Errorf("length %d, want %d", resp.ContentLength, len(body))
	}
	wantRows(t, b, rows{Begun: 1, Settled: []Outcome{{Class: Answered, Status: 418}}})
	if c.Calls() != 1 || !c.LastSent().Equal(now) {
		t.Errorf("%d calls, the last at %s, want 1 at %s", c.Calls(), c.LastSent(), now)
	}
}

func TestNothingIsRepeated(t *testing.T) {
	// A server that drops the second request that it gets, as one does that closes kept connections.
	serve := func(t *testing.T) (url string, requests func() int) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var seen int
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if seen++; seen == 2 {
				panic(http.ErrAbortHandler)
			}
		})}
		done := make(chan struct{})
		go func() { defer close(done); _ = server.Serve(listener) }()
		t.Cleanup(func() { _ = server.Close(); <-done })
		return "http://" + listener.Addr().String(), func() int {
			mu.Lock()
			defer mu.Unlock()
			return seen
		}
	}
	t.Run("net/http as it comes", func(t *testing.T) {
		url, requests := serve(t)
		kept := &http.Transport{}
		defer kept.CloseIdleConnections()
		for range 2 {
			if _, _, err := get(t, kept, url); err != nil {
				t.Fatal(err)
			}
		}
		if requests() != 3 {
			t.Skipf("%d requests: net/http no longer repeats one by itself", requests())
		}
	})
	t.Run("a chain", func(t *testing.T) {
		url, requests := serve(t)
		c, b := chainTo(t, url)
		if _, _, err := get(t, c, url); err != nil {
			t.Fatal(err)
		}
		_, _, err := get(t, c, url+secretPath)
		wantFailure(t, err, sdk.Unavailable, true, "closed the connection without an answer")
		if requests() != 2 || c.Calls() != 2 {
			t.Errorf("the server saw %d requests, the chain counted %d calls, want 2 and 2", requests(), c.Calls())
		}
		wantRows(t, b, rows{Begun: 2, Settled: []Outcome{{Class: Answered, Status: 200}, {Class: "unavailable"}}})
	})
}

func TestConcurrentExchanges(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) }))
	defer server.Close()
	c, b := chainTo(t, server.URL, func(o *Options) { o.Budget = 20 })
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			path := "/" + strings.Repeat("x", i)
			if _, body, err := get(t, c, server.URL+path); err != nil || body != path {
				t.Errorf("answer %q, %v, want %q", body, err, path)
			}
		})
	}
	wg.Wait()
	if got := b.rows(); got.Begun != 20 || len(got.Settled) != 20 || c.Calls() != 20 {
		t.Errorf("%d rows, %d settled, %d calls, want 20 each", got.Begun, len(got.Settled), c.Calls())
	}
}
