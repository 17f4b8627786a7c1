package fake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Refuse makes the server answer every well-sent request with that error code, until Behave.
func (s *Server) Refuse(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = code
}

// Behave ends what Misbehave, Refuse and Odd asked for.
func (s *Server) Behave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehaviour, s.refuse, s.odd = nil, "", nil
}

// Oddity is an odd shape that real servers of this kind give their answers. A comma before a brace is none of them: the documentation's own
// sample has one, and so have all good answers but those of [ByTheTable].
type Oddity string

// The oddities.
const (
	ByTheTable       Oddity = "by the table"       // `updated` and no trailing comma, as the documentation's table says
	NumbersAsStrings Oddity = "numbers as strings" // the status too
	TokenMissing     Oddity = "token missing"
	TokenNull        Oddity = "token null"
	TokenEmpty       Oddity = "token empty"
	StatusMissing    Oddity = "status missing"
	ExpiresMissing   Oddity = "expires missing"
	ExpiresNegative  Oddity = "expires negative"
	ExpiresWords     Oddity = "expires in words"
	DataAsText       Oddity = "data as text" // the object inside a string
	DataAsList       Oddity = "data as list" // PHP's empty object
	ByteOrderMark    Oddity = "byte order mark"
	UnknownFields    Oddity = "unknown fields"   // on every level
	ControlWords     Oddity = "control in words" // newlines and a terminal sequence in the description of a refusal
)

// Odd makes the server's answers odd, until Behave or the next call of Odd.
func (s *Server) Odd(kinds ...Oddity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.odd = map[Oddity]bool{}
	for _, k := range kinds {
		s.odd[k] = true
	}
}

// renderRefusal is the answer with an error code. The caller holds s.mu.
func (s *Server) renderRefusal(code string) string {
	words := "error " + code
	if s.odd[ControlWords] {
		words = `refused\r\nfor good\u001b[31m`
	}
	if s.odd[NumbersAsStrings] {
		code = strconv.Quote(code)
	}
	return fmt.Sprintf(`{"description":"%s","data":{},"status":%s}`, words, code)
}

// render is the good answer with a token, with its oddities. The caller holds s.mu.
func (s *Server) render(token string) string {
	data := "{\n" + strings.Join(s.members(token), ",\n") + ",\n}"
	if s.odd[ByTheTable] {
		data = "{" + strings.Join(s.members(token), ",") + "}"
	}
	switch {
	case s.odd[DataAsText]:
		data = strconv.Quote(data)
	case s.odd[DataAsList]:
		data = "[]"
	}
	status := `"status":0`
	switch {
	case s.odd[StatusMissing]:
		status = `"state":0`
	case s.odd[NumbersAsStrings]:
		status = `"status":"0"`
	}
	if s.odd[UnknownFields] {
		status += `,"debug":{"stack":[1,2]}`
	}
	mark := ""
	if s.odd[ByteOrderMark] {
		mark = "\ufeff"
	}
	return mark + "{\n\"description\":\"success\",\n\"data\":" + data + ",\n" + status + "\n}"
}

// members are those of the inner object. Nothing in them needs more than quotes to be JSON.
func (s *Server) members(token string) []string {
	text, expires, updated := strconv.Quote(token), strconv.FormatInt(s.options.Expires, 10), strconv.FormatInt(s.options.Now().UnixMilli(), 10)
	switch {
	case s.odd[TokenNull]:
		text = "null"
	case s.odd[TokenEmpty]:
		text = `""`
	}
	switch {
	case s.odd[ExpiresNegative]:
		expires = "-1"
	case s.odd[ExpiresWords]:
		expires = `"a month"`
	case s.odd[NumbersAsStrings]:
		expires, updated = strconv.Quote(expires), strconv.Quote(updated)
	}
	key := `"update":`
	if s.odd[ByTheTable] {
		key = `"updated":`
	}
	members := []string{`"accessToken":` + text, `"expires":` + expires, key + updated}
	if s.odd[UnknownFields] {
		members = append(members, `"level":{"a":[1]}`)
	}
	return slices.DeleteFunc(members, func(m string) bool {
		return s.odd[TokenMissing] && strings.HasPrefix(m, `"accessToken"`) || s.odd[ExpiresMissing] && strings.HasPrefix(m, `"expires"`)
	})
}
