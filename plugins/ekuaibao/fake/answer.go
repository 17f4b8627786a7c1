package fake

import (
	"slices"
	"strconv"
	"strings"
)

// Refuse makes the server refuse every request with that HTTP status and an empty body, until Behave. It is all that the vendor documents
// of a failure: "403" is a wrong key, or a pair that is not refreshed. It panics where code is no number.
func (s *Server) Refuse(code string) {
	status, err := strconv.Atoi(code)
	if err != nil {
		panic("the vendor refuses with an HTTP status and nothing else: " + err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = status
}

// Behave ends what Misbehave, Refuse and Odd asked for.
func (s *Server) Behave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehaviour, s.refuse, s.odd = nil, 0, nil
}

// Oddity is an odd shape that real servers of this kind give their answers.
type Oddity string

// The oddities.
const (
	NumbersAsStrings Oddity = "numbers as strings"
	TokenMissing     Oddity = "token missing"
	TokenNull        Oddity = "token null"
	TokenEmpty       Oddity = "token empty"
	RefreshMissing   Oddity = "refresh token missing"
	ExpiryMissing    Oddity = "expiry missing"
	ExpiryPast       Oddity = "expiry past"   // an hour ago by the server's own clock
	ExpiryHuge       Oddity = "expiry huge"   // the largest number of 64 bits
	ValueAsText      Oddity = "value as text" // the object inside a string
	ValueAsList      Oddity = "value as list" // PHP's empty object
	TrailingComma    Oddity = "trailing comma"
	ByteOrderMark    Oddity = "byte order mark"
	UnknownFields    Oddity = "unknown fields" // on every level
)

// Odd makes the server's good answers odd, until Behave or the next call of Odd.
func (s *Server) Odd(kinds ...Oddity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.odd = map[Oddity]bool{}
	for _, k := range kinds {
		s.odd[k] = true
	}
}

// render is the good answer for a pair, with its oddities. The caller holds s.mu.
func (s *Server) render(p pair) string {
	comma := ""
	if s.odd[TrailingComma] {
		comma = ","
	}
	value := "{" + strings.Join(s.members(p), ",") + comma + "}"
	switch {
	case s.odd[ValueAsText]:
		value = strconv.Quote(value)
	case s.odd[ValueAsList]:
		value = "[]"
	}
	if s.odd[UnknownFields] {
		value += `,"debug":{"stack":[1,2]}`
	}
	mark := ""
	if s.odd[ByteOrderMark] {
		mark = "\ufeff"
	}
	return mark + `{"value":` + value + comma + "}"
}

// members are those of the inner object. Nothing in them needs more than quotes to be JSON.
func (s *Server) members(p pair) []string {
	token, expiry := strconv.Quote(p.access), p.until.UnixMilli()
	switch {
	case s.odd[TokenNull]:
		token = "null"
	case s.odd[TokenEmpty]:
		token = `""`
	}
	switch {
	case s.odd[ExpiryPast]:
		expiry = s.options.Now().UnixMilli() - 3_600_000
	case s.odd[ExpiryHuge]:
		expiry = 1<<63 - 1
	}
	number := strconv.FormatInt(expiry, 10)
	if s.odd[NumbersAsStrings] {
		number = strconv.Quote(number)
	}
	members := []string{
		`"accessToken":` + token,
		`"refreshToken":` + strconv.Quote(p.refresh),
		`"expireTime":` + number,
		`"corporationId":` + strconv.Quote(s.options.Corporation),
	}
	if s.odd[UnknownFields] {
		members = append(members, `"scope":["all",null]`)
	}
	return slices.DeleteFunc(members, func(m string) bool {
		return s.odd[TokenMissing] && strings.HasPrefix(m, `"accessToken"`) ||
			s.odd[RefreshMissing] && strings.HasPrefix(m, `"refreshToken"`) ||
			s.odd[ExpiryMissing] && strings.HasPrefix(m, `"expireTime"`)
	})
}
