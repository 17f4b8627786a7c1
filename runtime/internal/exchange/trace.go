package exchange

import (
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

// Tracer is told of exchanges once they are over. It may be called from many goroutines.
type Tracer interface {
	Trace(Trace)
}

// Trace is the course of one exchange, without a word of what was said in it. An instant is zero where the exchange did not come so far.
type Trace struct {
	Method, Origin string
	Began          time.Time // the transport was asked
	Connected      time.Time // there was a connection, to the proxy where there is one, with TLS where it is used: from here on it counts as sent
	Asked          time.Time // the whole request was written
	Answered       time.Time // the first byte of the answer came
	Status         int       // 0: no answer
}

// trace watches the transport at work: it alone knows whether a request left.
type trace struct {
	tracer Tracer
	now    func() time.Time
	left   *departures
	next   http.RoundTripper
}

// lost is what is known of an exchange that has no answer.
type lost struct {
	err      error
	sent     bool // something may have left this host
	answered bool // something came back
}

// Error is the transport's own text, which never leaves this package: it may hold anything.
func (l *lost) Error() string { return l.err.Error() }

// Unwrap gives the transport's error.
func (l *lost) Unwrap() error { return l.err }

// RoundTrip makes the exchange. An error is a *lost.
func (t *trace) RoundTrip(req *http.Request) (*http.Response, error) {
	w := &watch{now: t.now, left: t.left}
	began := t.now()
	resp, err := t.next.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), w.hooks())))
	sent, answered := w.end(t.next, err == nil, began)
	if t.tracer != nil {
		t.tracer.Trace(w.trace(req, resp, began))
	}
	if err != nil {
		return nil, &lost{err: err, sent: sent, answered: answered}
	}
	return resp, nil
}

// watch collects what the transport tells of one exchange, from goroutines of its own.
type watch struct {
	now  func() time.Time
	left *departures

	mu                         sync.Mutex
	tells                      bool // the transport tells what it does
	connected, asked, answered time.Time
}

func (w *watch) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.tells = true
		},
		// From here on bytes may be on their way: a TLS handshake is over by then.
		GotConn: func(httptrace.GotConnInfo) {
			at := w.now()
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.connected.IsZero() {
				w.left.add(at)
			}
			w.connected = at
		},
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if i.Err == nil {
				w.set(&w.asked)
			}
		},
		GotFirstResponseByte: func() { w.set(&w.answered) },
	}
}

func (w *watch) set(instant *time.Time) {
	at := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	*instant = at
}

// end tells whether the request left. One that is not known to have stayed counts as sent: a transport other than net/http's may not tell.
func (w *watch) end(transport http.RoundTripper, ok bool, began time.Time) (sent, answered bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.connected.IsZero() {
		_, known := transport.(*http.Transport)
		if !ok && (known || w.tells) {
			return false, false
		}
		w.left.add(began)
		w.connected = began
	}
	return true, !w.answered.IsZero()
}

func (w *watch) trace(req *http.Request, resp *http.Response, began time.Time) Trace {
	w.mu.Lock()
	defer w.mu.Unlock()
	origin, _ := originOf(req.URL)
	t := Trace{Method: req.Method, Origin: origin, Began: began, Connected: w.connected, Asked: w.asked, Answered: w.answered}
	if resp != nil {
		t.Status = resp.StatusCode
	}
	return t
}
