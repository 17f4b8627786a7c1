package trace

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// ofTransfer are the headers that say how a body travelled, which is not how it is written down.
var ofTransfer = map[string]bool{"Content-Length": true, "Content-Encoding": true, "Transfer-Encoding": true, "Connection": true}

// exchange is one exchange.
func (m *mask) exchange(s exchange.Seen) script.Exchange {
	e := script.Exchange{Request: m.request(s), Lost: s.Lost, Time: s.Began.UTC(), TookMS: s.Took.Milliseconds()}
	if s.Status == 0 {
		if e.Lost == "" {
			e.Lost = "unavailable" // it was not over when the operation was
		}
		return e
	}
	e.Answer = script.Answer{Status: s.Status, Headers: m.headers(s.AnswerHeader), Body: script.Body(m.answer(s.Answer))}
	return e
}

func (m *mask) request(s exchange.Seen) script.Request {
	r := script.Request{Method: method(s.Method), Origin: m.origin(s.URL), Path: m.path(s.URL.Path), Query: m.pairs(s.URL.Query()),
		Headers: m.headers(s.Header)}
	if len(bytes.TrimSpace(s.Body)) == 0 {
		return r
	}
	if form, err := script.ReadForm(s.Header.Get("Content-Type"), s.Body); err == nil {
		r.Form = m.pairs(form)
		return r
	}
	if v, err := script.ParseJSON(s.Body); err == nil && strings.Contains(s.Header.Get("Content-Type"), "application/json") {
		r.JSON = m.value("", v)
		return r
	}
	r.Body = m.document(s.Body)
	return r
}

// method is the method of a request. A plugin may ask by any word.
func method(word string) string {
	switch word {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return word
	}
	return script.Hidden(word)
}

// origin is where a request goes. It is that of an endpoint argument, or the request never left.
func (m *mask) origin(u *url.URL) string {
	origin := u.Scheme + "://" + u.Host
	if m.isKnown(u.Host) || m.isKnown(u.Hostname()) {
		return u.Scheme + "://" + script.Hidden(u.Host)
	}
	for argument := range m.shown {
		if of, err := url.Parse(argument); err == nil && strings.EqualFold(of.Scheme, u.Scheme) && strings.EqualFold(of.Host, u.Host) {
			return origin
		}
	}
	return u.Scheme + "://" + script.Hidden(u.Host)
}

// path is a path, part by part.
func (m *mask) path(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = m.text(part)
	}
	return strings.Join(parts, "/")
}

// pairs are the parameters of a query or the fields of a form; of one that is there several times the first.
func (m *mask) pairs(values url.Values) map[string]string {
	if len(values) == 0 {
		return nil
	}
	pairs := make(map[string]string, len(values))
	for name, all := range values {
		pairs[m.name(name)] = m.named(name, all[0])
	}
	return pairs
}

// named is the text that stands under a name.
func (m *mask) named(name, text string) string {
	if secretive().MatchString(name) {
		return script.Hidden(text)
	}
	shown, _ := m.inside(text).(string)
	return shown
}

// headers are the headers of a request or an answer.
func (m *mask) headers(h http.Header) map[string]string {
	masked := map[string]string{}
	for name, values := range h {
		if !ofTransfer[textproto.CanonicalMIMEHeaderKey(name)] && len(values) > 0 {
			masked[m.name(name)] = m.header(strings.Join(values, ", "))
		}
	}
	if len(masked) == 0 {
		return nil
	}
	return masked
}

// header is the value of a header: a date, or what stands between spaces, commas and semicolons each for itself.
func (m *mask) header(value string) string {
	if at, err := http.ParseTime(value); err == nil && at.UTC().Format(http.TimeFormat) == value && !m.isKnown(value) {
		return value
	}
	if m.isKnown(value) {
		return script.Hidden(value)
	}
	var masked strings.Builder
	for value != "" {
		end := strings.IndexAny(value, " ,;")
		if end < 0 {
			end = len(value)
		}
		masked.WriteString(m.text(value[:end]))
		if end < len(value) {
			masked.WriteByte(value[end])
			end++
		}
		value = value[end:]
	}
	return masked.String()
}

// answer is the body of an answer.
func (m *mask) answer(body []byte) string {
	if v, err := lenient(body); err == nil {
		return string(compact(m.value("", v)))
	}
	return m.document(body)
}

// document is a body that is not JSON: XML with its texts hidden, and all else as its length.
func (m *mask) document(body []byte) string {
	text := strings.TrimSpace(strings.ToValidUTF8(string(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))), "\uFFFD"))
	if masked, ok := m.xml(text); ok {
		return masked
	}
	return script.Hidden(text)
}

// lenient reads an object or a list as plugins do: with a byte order mark, commas too many.
func lenient(body []byte) (any, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf")))
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return nil, errNoDocument
	}
	v, err := script.ParseJSON(body)
	if err == nil {
		return v, nil
	}
	return script.ParseJSON(withoutCommas(body))
}

// compact is a value as JSON in one line.
func compact(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("trace: a value that was read as JSON cannot be written as such: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
