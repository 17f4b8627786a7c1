package fake

import (
	"slices"
	"strconv"
	"strings"
)

// The odd shapes that real servers of this kind give their answers.
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

// render is the good answer for a pair, with its oddities. The caller holds s.mu.
func (s *Server) render(p pair) string {
	comma := ""
	if s.IsOdd(TrailingComma) {
		comma = ","
	}
	value := "{" + strings.Join(s.members(p), ",") + comma + "}"
	switch {
	case s.IsOdd(ValueAsText):
		value = strconv.Quote(value)
	case s.IsOdd(ValueAsList):
		value = "[]"
	}
	if s.IsOdd(UnknownFields) {
		value += `,"debug":{"stack":[1,2]}`
	}
	mark := ""
	if s.IsOdd(ByteOrderMark) {
		mark = "\ufeff"
	}
	return mark + `{"value":` + value + comma + "}"
}

// members are those of the inner object. Nothing in them needs more than quotes to be JSON.
func (s *Server) members(p pair) []string {
	token, expiry := strconv.Quote(p.access), p.until.UnixMilli()
	switch {
	case s.IsOdd(TokenNull):
		token = "null"
	case s.IsOdd(TokenEmpty):
		token = `""`
	}
	switch {
	case s.IsOdd(ExpiryPast):
		expiry = s.options.Now().UnixMilli() - 3_600_000
	case s.IsOdd(ExpiryHuge):
		expiry = 1<<63 - 1
	}
	number := strconv.FormatInt(expiry, 10)
	if s.IsOdd(NumbersAsStrings) {
		number = strconv.Quote(number)
	}
	members := []string{
		`"accessToken":` + token,
		`"refreshToken":` + strconv.Quote(p.refresh),
		`"expireTime":` + number,
		`"corporationId":` + strconv.Quote(s.options.Corporation),
	}
	if s.IsOdd(UnknownFields) {
		members = append(members, `"scope":["all",null]`)
	}
	return slices.DeleteFunc(members, func(m string) bool {
		return s.IsOdd(TokenMissing) && strings.HasPrefix(m, `"accessToken"`) ||
			s.IsOdd(RefreshMissing) && strings.HasPrefix(m, `"refreshToken"`) ||
			s.IsOdd(ExpiryMissing) && strings.HasPrefix(m, `"expireTime"`)
	})
}
