package sdktest

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
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
	for _, c := range s.sound {
		plain := s.perform(ctx, s.process, c, nil)
		for _, odd := range oddities {
			where := c
			where.Name = fmt.Sprintf("%s, written with %s", c.Name, odd.name)
			o := s.perform(ctx, s.process, where, func(_ int, _ *http.Request, scripted Answer) (*http.Response, error) {
				if good := strings.TrimSpace(string(scripted.Body)); good != "" {
					scripted.Body = Body(odd.write(good))
				}
				return respond(scripted), nil
			})
			if f := failureOf(o.err); f != nil {
				s.add("%s: it failed: %v", where.Name, f)
			} else if diff := cmp.Diff(readable(plain.result), readable(o.result)); o.err == nil && diff != "" {
				s.add("%s: the result is another, -plain +odd\n%s", where.Name, diff)
			}
		}
	}
}

// readable is a result with its JSON read.
func readable(r sdk.Result) any {
	value, private := decode(r.Value), decode(r.Private)
	r.Value, r.Private = nil, nil
	return []any{r, value, private}
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
