package sdk

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Answer is what a vendor answered, read to its end.
type Answer struct {
	Status int
	Header http.Header

	body []byte
	sent time.Time // the instant the request left, by the host's clock
}

// Format writes the status and the size, whatever the verb: an answer that is printed shows no token.
func (a *Answer) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "HTTP %d with %d bytes", a.Status, len(a.body))
}

// Body is the body as it came, decompressed.
func (a *Answer) Body() []byte { return a.body }

// Text is the body as text: valid UTF-8, without byte order mark and white space around it.
func (a *Answer) Text() string { return strings.ToValidUTF8(string(withoutMark(a.body)), "\uFFFD") }

// JSON reads the body into v, leniently: a byte order mark, trailing commas, unknown and repeated members do not matter; see also [Text],
// [Int] and [Lax]. Its error is a *Failure of class MalformedAnswer that says what came instead (nothing, HTML, JSON that is cut short)
// without a word of it.
func (a *Answer) JSON(v any) error {
	if err := decodeJSON(a.body, v); err != nil {
		return malformed(err)
	}
	return nil
}

// XML reads the body into v, whatever charset it declares; it is taken for UTF-8. Its error is like that of [Answer.JSON].
func (a *Answer) XML(v any) error {
	body := withoutMark(a.body)
	switch {
	case len(body) == 0:
		return malformed(errors.New("empty"))
	case body[0] != '<':
		return malformed(errors.New("not XML"))
	case markup(body) != "HTML or XML":
		return malformed(errors.New("not XML but " + markup(body)))
	}
	d := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(body, []byte("\uFFFD"))))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	if err := d.Decode(v); err != nil {
		if strings.HasSuffix(err.Error(), "unexpected EOF") {
			return malformed(errors.New("XML that is cut short"))
		}
		return malformed(errors.New("not XML as expected"))
	}
	return nil
}

func malformed(err error) *Failure {
	return &Failure{Class: MalformedAnswer, Text: "the vendor's answer is " + err.Error(), Sent: true}
}

// Date is the time at which the vendor says that it answered, cut to seconds, and whether it says so.
func (a *Answer) Date() (time.Time, bool) {
	t, err := http.ParseTime(a.Header.Get("Date"))
	return t, err == nil
}

// LifeUntil is the life of a credential that ends at t by the vendor's clock, as its Date header shows it: so neither a wrong clock of the
// vendor nor one of ours makes a token look dead or eternal. It is a second short, since the header is cut to seconds. Without such a
// header the host's clock must do. It is never [Forever].
func (a *Answer) LifeUntil(t time.Time) time.Duration {
	life := t.Sub(a.sent)
	if date, ok := a.Date(); ok {
		if life = t.Sub(date); life > 0 {
			life -= time.Second
		}
	}
	return min(life, Forever-1)
}

// RetryAfter is when the vendor says to try again, as a duration from now; 0: it does not say.
func (a *Answer) RetryAfter() time.Duration {
	text := strings.TrimSpace(a.Header.Get("Retry-After"))
	if text == "" {
		return 0
	}
	var seconds Int
	if seconds.UnmarshalText([]byte(text)) == nil {
		return max(0, seconds.Duration(time.Second))
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	from := a.sent
	if date, ok := a.Date(); ok {
		from = date
	}
	return min(max(0, at.Sub(from)), Forever-1)
}

// failure is what the status says by the table that all vendors share, or nil.
func (a *Answer) failure() *Failure {
	said := fmt.Sprintf("the vendor answered HTTP %d", a.Status)
	if text := http.StatusText(a.Status); text != "" {
		said += " " + text
	}
	switch {
	case a.Status >= 200 && a.Status <= 299:
		return nil
	case a.Status == http.StatusTooManyRequests:
		return &Failure{Class: RateLimited, Text: said, RetryAfter: a.RetryAfter(), Sent: true}
	case a.Status >= 500 && a.Status <= 599:
		return &Failure{Class: Unavailable, Text: said, RetryAfter: a.RetryAfter(), Sent: true}
	case a.Status >= 300 && a.Status <= 399:
		return &Failure{Class: MalformedAnswer, Text: said + ", a redirect, which is not followed", Sent: true}
	case a.Status >= 400 && a.Status <= 499:
		return &Failure{Class: InvalidRequest, Text: said, Sent: true}
	}
	return &Failure{Class: MalformedAnswer, Text: said, Sent: true}
}
