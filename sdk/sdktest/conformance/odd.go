package conformance

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// oddity is a way in which vendors write a good answer strangely. Its text is unchanged where it cannot be written so.
type oddity struct {
	name  string
	write func(good string) string
}

// oddities are those that must not matter. All but the first are of JSON.
var oddities = []oddity{
	{"a byte order mark", func(good string) string { return "\xef\xbb\xbf" + good }},
	{"an unknown member", func(good string) string {
		if !strings.HasPrefix(good, "{") || strings.TrimSpace(good[1:]) == "}" {
			return good
		}
		return `{"sdktest": {"unknown": [1, null]}, ` + good[1:]
	}},
	{"a trailing comma", func(good string) string {
		if !strings.HasPrefix(good, "{") || !strings.HasSuffix(good, "}") || strings.HasSuffix(strings.TrimRight(good[:len(good)-1], " \r\n\t"), ",") {
			return good
		}
		return good[:len(good)-1] + ",}"
	}},
	{"numbers as strings", func(good string) string {
		if !strings.HasPrefix(good, "{") {
			return good
		}
		return quoteNumbers(good)
	}},
}

// odd plays the sound cases with answers that are written strangely.
func (s *suite) odd(ctx context.Context) {
	if len(s.sound) == 0 {
		s.nothingSound()
	}
	for _, c := range s.sound {
		plain := s.perform(ctx, s.process, c, nil)
		for _, odd := range oddities {
			where := c
			where.Name = fmt.Sprintf("%s, written with %s", c.Name, odd.name)
			o := s.perform(ctx, s.process, where, func(_ int, _ *http.Request, scripted script.Exchange) (*http.Response, error) {
				if good := strings.TrimSpace(string(scripted.Answer.Body)); good != "" {
					scripted.Answer.Body = script.Body(odd.write(good))
				}
				return answer(scripted)
			})
			if f := failureOf(o.err); f != nil {
				s.add(mendOdd, "%s: it failed: %v", where.Name, f)
			} else if o.err == nil {
				for _, text := range differences(plain.result, o.result) {
					s.add(mendOdd, "%s: %s", where.Name, text)
				}
			}
		}
	}
}

// differences says in what a result is not the expected one.
func differences(want, got sdk.Result) (found []string) {
	add := func(what string, want, got any) {
		if want != got {
			found = append(found, fmt.Sprintf("%s is %v, want %v", what, got, want))
		}
	}
	add("its life", want.Life, got.Life)
	add("that it never expires", want.Eternal, got.Eternal)
	add("that it is renewable", want.Renewable, got.Renewable)
	add("the time within which it can be renewed", want.RenewWithin, got.RenewWithin)
	add("the time after which it is usable", want.UsableAfter, got.UsableAfter)
	add("that the vendor does not end it", want.NotAtVendor, got.NotAtVendor)
	add("its text", want.Text, got.Text)
	add("that the held value lives on", want.Value == nil, got.Value == nil)
	same := func(text string) string { return text }
	found = append(found, script.Compare("value", decode(want.Value), decode(got.Value), same)...)
	return append(found, script.Compare("private", decode(want.Private), decode(got.Private), same)...)
}

// quoteNumbers puts quotes round every number that is a member of an object.
func quoteNumbers(text string) string {
	var out strings.Builder
	inString, member := false, false // member: a colon stood last
	for i := 0; i < len(text); i++ {
		c := text[i]
		if inString {
			out.WriteByte(c)
			if c == '\\' && i+1 < len(text) {
				i++
				out.WriteByte(text[i])
			}
			inString = c != '"'
			continue
		}
		if end := i + len(text[i:]) - len(strings.TrimLeft(text[i:], "-0123456789.eE+")); member && end > i && c != 'e' && c != 'E' {
			out.WriteString(`"` + text[i:end] + `"`)
			i, member = end-1, false
			continue
		}
		inString = c == '"'
		if !strings.ContainsRune(" \r\n\t", rune(c)) {
			member = c == ':'
		}
		out.WriteByte(c)
	}
	return out.String()
}
