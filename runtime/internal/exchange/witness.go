package exchange

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Seen is one exchange as a [Witness] saw it, with all that was said: it holds secrets.
type Seen struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte // of the request

	Status       int // 0: there was no answer
	AnswerHeader http.Header
	Answer       []byte
	Lost         sdk.Class // why there was no answer

	Began time.Time
	Took  time.Duration
}

// Witness remembers the exchanges of one operation, in the order in which they began. It stands before a [Chain], so that it sees those too that
// the chain refuses. It is an http.RoundTripper for many goroutines.
type Witness struct {
	next http.RoundTripper
	now  func() time.Time

	mu   sync.Mutex
	seen []*Seen
}

// NewWitness makes a witness of the exchanges that go on to next. Now is the host's clock.
func NewWitness(next http.RoundTripper, now func() time.Time) *Witness {
	return &Witness{next: next, now: now}
}

// RoundTrip makes one exchange and remembers it.
func (w *Witness) RoundTrip(req *http.Request) (*http.Response, error) {
	s := &Seen{Method: req.Method, URL: req.URL, Header: req.Header.Clone(), Began: w.now()}
	if s.Method == "" {
		s.Method = http.MethodGet
	}
	if req.Body != nil {
		// What is wrong with a body, and one that is too large, is the chain's to say.
		body, err := io.ReadAll(io.LimitReader(req.Body, maxBody+1))
		s.Body = body
		req = req.Clone(req.Context())
		req.Body = rest{io.MultiReader(bytes.NewReader(body), broken{err}, req.Body), req.Body}
	}
	w.mu.Lock()
	w.seen = append(w.seen, s)
	w.mu.Unlock()
	resp, err := w.next.RoundTrip(req)
	var answer []byte
	if err == nil {
		if answer, err = io.ReadAll(resp.Body); err == nil { // which the chain has in memory
			resp.Body = io.NopCloser(bytes.NewReader(answer))
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s.Took = max(w.now().Sub(s.Began), 0)
	if err != nil {
		s.Lost = failureOf(err).Class
		return nil, err
	}
	s.Status, s.AnswerHeader, s.Answer = resp.StatusCode, resp.Header.Clone(), answer
	return resp, nil
}

// Seen is what was seen so far. An exchange that is not over yet has neither an answer nor a reason why there is none.
func (w *Witness) Seen() []Seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Seen, len(w.seen))
	for i, s := range w.seen {
		all[i] = *s
	}
	return all
}

// rest reads from one place and closes another.
type rest struct {
	io.Reader
	io.Closer
}

// broken is a reader that fails with the error of another, if that failed.
type broken struct{ err error }

// Read gives nothing.
func (b broken) Read([]byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	return 0, io.EOF
}
