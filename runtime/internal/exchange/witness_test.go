package exchange

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// roundTrip is a network that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls it.
func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// failing is a body that breaks off.
type failing struct{ io.Reader }

var errBody = errors.New("the body breaks off")

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err == io.EOF {
		err = errBody
	}
	return n, err
}

// A witness changes nothing, and remembers all.
func TestWitness(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	large := strings.Repeat("x", maxBody+10)
	for _, c := range []struct {
		name, method string
		body         io.Reader
		arrives      string // at the network
		broken       error
		lost         error // there is no answer
		seen         Seen
	}{
		{name: "an answer", method: "POST", body: strings.NewReader("ask"), arrives: "ask", seen: Seen{Method: "POST", Body: []byte("ask"), Status: 201, Answer: []byte("answer")}},
		{name: "no body", seen: Seen{Method: "GET", Status: 201, Answer: []byte("answer")}},
		{name: "too large a body", body: strings.NewReader(large), arrives: large, seen: Seen{Method: "GET", Body: []byte(large[:maxBody+1]), Status: 201, Answer: []byte("answer")}},
		{name: "a body that breaks off", body: failing{strings.NewReader("as")}, arrives: "as", broken: errBody, seen: Seen{Method: "GET", Body: []byte("as"), Status: 201, Answer: []byte("answer")}},
		{name: "no answer", lost: &sdk.Failure{Class: sdk.QuotaExhausted}, seen: Seen{Method: "GET", Lost: sdk.QuotaExhausted}},
		{name: "another error", lost: errBody, seen: Seen{Method: "GET", Lost: sdk.Unavailable}},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := now
			w := NewWitness(roundTrip(func(req *http.Request) (*http.Response, error) {
				clock = clock.Add(time.Second)
				var arrived []byte
				var err error
				if req.Body != nil {
					arrived, err = io.ReadAll(req.Body)
				}
				if string(arrived) != c.arrives || !errors.Is(err, c.broken) {
					t.Errorf("%d bytes arrive, %v", len(arrived), err)
				}
				if c.lost != nil {
					return nil, c.lost
				}
				return &http.Response{StatusCode: 201, Body: io.NopCloser(strings.NewReader("answer"))}, nil
			}), func() time.Time { return clock })
			req, err := http.NewRequestWithContext(t.Context(), "GET", "http://vendor.example/x", c.body)
			if err != nil {
				t.Fatal(err)
			}
			req.Method = c.method
			resp, err := w.RoundTrip(req)
			if !errors.Is(err, c.lost) {
				t.Fatalf("error %v, want %v", err, c.lost)
			}
			if err == nil {
				if body, err := io.ReadAll(resp.Body); string(body) != "answer" || err != nil {
					t.Errorf("the answer is %q, %v", body, err)
				}
			}
			want := c.seen
			want.URL, want.Header, want.Began, want.Took = req.URL, http.Header{}, now, time.Second
			if diff := cmp.Diff([]Seen{want}, w.Seen()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
