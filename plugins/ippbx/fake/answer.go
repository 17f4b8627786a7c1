package fake

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
)

// The odd shapes that real servers of this kind give their answers.
const (
	ErrnoAsNumber Oddity = "errno as number"
	TokenMissing  Oddity = "token missing"
	TokenNull     Oddity = "token null" // in XML: empty
	TokenEmpty    Oddity = "token empty"
	TokenNumber   Oddity = "token number"
	StatusMissing Oddity = "status missing"
	StatusUnknown Oddity = "status unknown"  // neither Success nor Failed
	AlwaysJSON    Oddity = "always JSON"     // also where XML was asked for
	LatinXML      Oddity = "XML as GBK"      // the declaration says GBK, the text is ASCII all the same
	TrailingComma Oddity = "trailing comma"  // before the last brace
	ByteOrderMark Oddity = "byte order mark" // before the first one
	UnknownFields Oddity = "unknown fields"
)

// answer is what goes back. An empty field is left out.
type answer struct {
	httpStatus           int // 404: an HTML page
	status, errno, token string
	xml                  bool
	odd                  map[Oddity]bool
}

// answer decides what the real vendor would answer. The caller holds s.mu.
func (s *Server) answer(q request, p *problem) answer {
	a := answer{httpStatus: http.StatusOK, status: "Success", xml: q.xml, odd: s.Oddities()}
	switch {
	case p != nil && p.status != http.StatusOK:
		a.httpStatus = p.status
	case s.Refusal() == "none":
		a.status = "Failed"
	case s.Refusal() != "":
		a.status, a.errno = "Failed", s.Refusal()
	case p != nil:
		a.status, a.errno = "Failed", p.errno
	case q.endpoint == "login":
		a.token, a.errno = s.login(q)
	case !s.alive(q.token):
		a.errno = "20004"
	case q.endpoint == "logout":
		delete(s.tokens, q.token)
	default: // a heartbeat, or any later call
		s.tokens[q.token] = s.options.Now()
		if q.endpoint == "heartbeat" {
			s.reports = q.reports(q.fields["ipaddr"].text)
		}
	}
	if a.errno != "" {
		a.status = "Failed"
	}
	return a
}

// login issues a token, or says why not. Five wrong passwords in a row lock the caller's address. The caller holds s.mu.
func (s *Server) login(q request) (token, errno string) {
	now := s.options.Now()
	if now.Before(s.locked[q.caller]) {
		return "", "20002"
	}
	if q.fields["username"].text != s.options.Account.Username || q.fields["password"].text != md5Hex(s.options.Account.Password) {
		s.refusals[q.caller]++
		if s.refusals[q.caller] >= LockAfter {
			s.refusals[q.caller] = 0
			s.locked[q.caller] = now.Add(LockFor)
		}
		return "", "30003"
	}
	s.refusals[q.caller] = 0
	s.reports = q.reports(q.caller)
	return s.issue(), ""
}

func (q request) reports(ipaddr string) Reports {
	return Reports{IPAddr: ipaddr, Port: q.fields["port"].text, URL: q.fields["url"].text, URLTag: q.fields["urltag"].text,
		Version: q.fields["version"].text}
}

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS, PUT, DELETE")
	if a.httpStatus != http.StatusOK {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(a.httpStatus)
		_, _ = w.Write([]byte("<html><head><title>404 Not Found</title></head></html>"))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	body := a.encodeJSON
	if a.xml && !a.odd[AlwaysJSON] {
		w.Header().Set("Content-Type", "application/xml; charset=utf-8")
		body = a.encodeXML
	}
	w.WriteHeader(a.httpStatus)
	if a.odd[ByteOrderMark] {
		_, _ = w.Write([]byte("\ufeff"))
	}
	_, _ = w.Write(body())
}

// pairs is the answer's fields in order, with their oddities. A nil value is null.
func (a answer) pairs() (pairs [][2]any) {
	switch {
	case a.odd[StatusMissing]:
	case a.odd[StatusUnknown]:
		pairs = append(pairs, [2]any{"status", "Pending"})
	default:
		pairs = append(pairs, [2]any{"status", a.status})
	}
	if a.errno != "" {
		var errno any = a.errno
		if a.odd[ErrnoAsNumber] {
			errno = json.Number(a.errno)
		}
		pairs = append(pairs, [2]any{"errno", errno})
	}
	switch {
	case a.token == "" || a.odd[TokenMissing]:
	case a.odd[TokenNull]:
		pairs = append(pairs, [2]any{"token", nil})
	case a.odd[TokenEmpty]:
		pairs = append(pairs, [2]any{"token", ""})
	case a.odd[TokenNumber]:
		pairs = append(pairs, [2]any{"token", json.Number("8141592653589793")})
	default:
		pairs = append(pairs, [2]any{"token", a.token})
	}
	if a.odd[UnknownFields] {
		pairs = append(pairs, [2]any{"firmware", "30.15.0.45"})
	}
	return pairs
}

func (a answer) encodeJSON() []byte {
	var b bytes.Buffer
	for i, p := range a.pairs() {
		value, err := json.Marshal(p[1])
		if err != nil {
			panic(err) // strings, numbers and nil always marshal
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(`"` + p[0].(string) + `": `)
		b.Write(value)
	}
	end := "}"
	if a.odd[TrailingComma] {
		end = ",}"
	}
	return []byte("{" + b.String() + end)
}

func (a answer) encodeXML() []byte {
	var b strings.Builder
	encoding := "UTF-8"
	if a.odd[LatinXML] {
		encoding = "GBK"
	}
	b.WriteString(`<?xml version="1.0" encoding="` + encoding + `" ?>` + "\n<xml>")
	for _, p := range a.pairs() {
		words := ""
		switch v := p[1].(type) {
		case string:
			words = v
		case json.Number:
			words = v.String()
		}
		b.WriteString("<" + p[0].(string) + ">")
		if err := xml.EscapeText(&b, []byte(words)); err != nil {
			panic(err) // a strings.Builder never fails
		}
		b.WriteString("</" + p[0].(string) + ">")
	}
	b.WriteString("</xml>")
	return []byte(b.String())
}
