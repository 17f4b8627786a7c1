package exchange

import (
	"net/http"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
)

// DefaultTimeout is how long one exchange may take where nothing else is said.
const DefaultTimeout = 10 * time.Second

// Options are what a [Chain] is made of.
type Options struct {
	// Origins are the values of the endpoint arguments: URLs to whose origins exchanges may go. One that [Origin] refuses permits nothing.
	Origins []string
	// Budget is the number of exchanges that the plugin declared for the operation.
	Budget int
	// Timeout is how long one exchange may take, from the first packet to the last byte of the answer; 0: [DefaultTimeout].
	Timeout time.Duration
	// Recorder writes the ledger; required.
	Recorder Recorder
	// Transport makes the connections; required.
	Transport http.RoundTripper
	// Now is the host's clock; nil: time.Now. Deadlines run on the real one.
	Now func() time.Time
	// UserAgent is sent where the plugin sets none: "authrun/0.1.0".
	UserAgent string
	// Tracer is told of each exchange that was tried; nil: nobody is.
	Tracer Tracer
}

// Chain makes the exchanges of one run of an operation. It is an http.RoundTripper for many goroutines.
type Chain struct {
	first http.RoundTripper
	left  departures
}

// New makes a chain for one run of an operation.
func New(o Options) *Chain {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	c := &Chain{}
	var next http.RoundTripper = &trace{tracer: o.Tracer, now: o.Now, left: &c.left, next: o.Transport}
	next = &deadline{timeout: o.Timeout, next: next}
	next = &ledger{recorder: o.Recorder, now: o.Now, next: next}
	next = &budget{most: o.Budget, next: next}
	next = &request{userAgent: o.UserAgent, next: next}
	c.first = newEndpoint(o.Origins, next)
	return c
}

// RoundTrip makes one exchange. The answer's body is whole and in memory. An error has a *sdk.Failure in its tree, and beside it the
// context's error or the Recorder's, where one of these is the reason. A panic below, in a transport that a program brought, is an error.
func (c *Chain) RoundTrip(req *http.Request) (answer *http.Response, err error) {
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }()
	}
	defer func() {
		if v := recover(); v != nil {
			// What it panicked with may hold the request.
			answer, err = nil, &sdk.Failure{Class: sdk.Unavailable, Text: "what sends the request panicked, which is a fault of the program", Sent: true}
		}
	}()
	return c.first.RoundTrip(req)
}

// Calls is the number of exchanges that left this host, or may have left it.
func (c *Chain) Calls() int {
	calls, _ := c.left.seen()
	return calls
}

// LastSent is the instant at which the last exchange left this host, or may have left it; zero: none did.
func (c *Chain) LastSent() time.Time {
	_, last := c.left.seen()
	return last
}

// departures counts the exchanges that left.
type departures struct {
	mu    sync.Mutex
	calls int
	last  time.Time
}

func (d *departures) add(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	d.last = at
}

func (d *departures) seen() (calls int, last time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calls, d.last
}
