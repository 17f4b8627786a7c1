package fake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The odd shapes that real servers of this kind give their answers. A comma before a brace is none of them: the documentation's own sample has
// one, and so have all good answers but those of [ByTheTable].
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

// renderRefusal is the answer with an error code. The caller holds s.mu.
func (s *Server) renderRefusal(code string) string {
	words := "error " + code
	if s.IsOdd(ControlWords) {
		words = `refused\r\nfor good\u001b[31m`
	}
	if s.IsOdd(NumbersAsStrings) {
		code = strconv.Quote(code)
	}
	return fmt.Sprintf(`{"description":"%s","data":{},"status":%s}`, words, code)
}

// render is the good answer with a token, with its oddities. The caller holds s.mu.
func (s *Server) render(token string) string {
	data := "{\n" + strings.Join(s.members(token), ",\n") + ",\n}"
	if s.IsOdd(ByTheTable) {
		data = "{" + strings.Join(s.members(token), ",") + "}"
	}
	switch {
	case s.IsOdd(DataAsText):
		data = strconv.Quote(data)
	case s.IsOdd(DataAsList):
		data = "[]"
	}
	status := `"status":0`
	switch {
	case s.IsOdd(StatusMissing):
		status = `"state":0`
	case s.IsOdd(NumbersAsStrings):
		status = `"status":"0"`
	}
	if s.IsOdd(UnknownFields) {
		status += `,"debug":{"stack":[1,2]}`
	}
	mark := ""
	if s.IsOdd(ByteOrderMark) {
		mark = "\ufeff"
	}
	return mark + "{\n\"description\":\"success\",\n\"data\":" + data + ",\n" + status + "\n}"
}

// members are those of the inner object. Nothing in them needs more than quotes to be JSON.
func (s *Server) members(token string) []string {
	text, expires, updated := strconv.Quote(token), strconv.FormatInt(s.options.Expires, 10), strconv.FormatInt(s.options.Now().UnixMilli(), 10)
	switch {
	case s.IsOdd(TokenNull):
		text = "null"
	case s.IsOdd(TokenEmpty):
		text = `""`
	}
	switch {
	case s.IsOdd(ExpiresNegative):
		expires = "-1"
	case s.IsOdd(ExpiresWords):
		expires = `"a month"`
	case s.IsOdd(NumbersAsStrings):
		expires, updated = strconv.Quote(expires), strconv.Quote(updated)
	}
	key := `"update":`
	if s.IsOdd(ByTheTable) {
		key = `"updated":`
	}
	members := []string{`"accessToken":` + text, `"expires":` + expires, key + updated}
	if s.IsOdd(UnknownFields) {
		members = append(members, `"level":{"a":[1]}`)
	}
	return slices.DeleteFunc(members, func(m string) bool {
		return s.IsOdd(TokenMissing) && strings.HasPrefix(m, `"accessToken"`) || s.IsOdd(ExpiresMissing) && strings.HasPrefix(m, `"expires"`)
	})
}
