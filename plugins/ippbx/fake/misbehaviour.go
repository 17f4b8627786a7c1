package fake

import (
	"io"
	"net"
	"net/http"
	"time"
)

// Misbehaviour is what the server does instead of answering as the vendor would. The request is still checked and counted, but it
// changes nothing at the server.
type Misbehaviour struct {
	Status int             // of the raw answer; 0: the real answer, after the waits below
	Header http.Header     // of the raw answer; a Content-Length larger than Body makes an answer that is cut short
	Body   string          // of the raw answer
	Reset  bool            // the connection is reset, without an answer
	Delay  time.Duration   // waits so long first, or until the caller gives up
	Until  <-chan struct{} // waits until it is closed, or until the caller gives up
	Times  int             // for so many requests; 0: until changed
}

// Misbehave makes the server misbehave from the next request on, instead of what an earlier call asked for.
func (s *Server) Misbehave(m Misbehaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehaviour = &m
}

// Behave ends what Misbehave, Refuse and Odd asked for.
func (s *Server) Behave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehaviour, s.refuse, s.odd = nil, "", nil
}

// takeMisbehaviour is the misbehaviour that holds for the request at hand, or nil. The caller holds s.mu.
func (s *Server) takeMisbehaviour() *Misbehaviour {
	m := s.misbehaviour
	if m != nil && m.Times > 0 {
		rest := *m
		if rest.Times--; rest.Times == 0 {
			s.misbehaviour = nil
		} else {
			s.misbehaviour = &rest
		}
	}
	return m
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
