package fakevendor

import (
	"io"
	"net"
	"net/http"
	"time"
)

// Misbehaviour is what a server does instead of answering as the vendor would. The request is still judged and counted, but it changes
// nothing at the server.
type Misbehaviour struct {
	Status int             // of the raw answer; 0: the real answer, after the waits below
	Header http.Header     // of the raw answer; a Content-Length larger than Body makes an answer that is cut short
	Body   string          // of the raw answer
	Reset  bool            // the connection is reset, without an answer
	Delay  time.Duration   // waits so long first, or until the caller gives up
	Until  <-chan struct{} // waits until it is closed, or until the caller gives up
	Times  int             // for so many requests; 0: until changed
}

// play misbehaves, and tells whether the request is thereby dealt with.
func (m *Misbehaviour) play(w http.ResponseWriter, r *http.Request) (done bool) {
	if m.Delay > 0 {
		timer := time.NewTimer(m.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return true
		}
	}
	if m.Until != nil {
		select {
		case <-m.Until:
		case <-r.Context().Done():
			return true
		}
	}
	switch {
	case m.Reset:
		reset(w)
	case m.Status == 0:
		return false
	default:
		for name, values := range m.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(m.Status)
		_, _ = io.WriteString(w, m.Body) // a caller that went away is part of the play
	}
	return true
}

// reset ends the connection with a TCP reset where it can, else without an answer.
func reset(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // no FIN: the caller reads "connection reset by peer"
			}
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
