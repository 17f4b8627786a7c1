package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// breakage is a way in which a vendor's answer can be broken, and what must come of it.
type breakage struct {
	name    string
	classes []sdk.Class   // any of these
	after   time.Duration // RetryAfter of the failure; 0: not looked at
	// answer is the broken answer, made from the good one; ok is false where that cannot be broken so. Token is the one in the good answer.
	answer func(good script.Answer, token string) (resp *http.Response, err error, ok bool)
	bodied bool // it breaks the body alone: a revoke, which need not read it, may end well
}

// breakages are those that are tried on every exchange. Where a body can be seen it holds the good one, with its secrets.
func breakages() []breakage {
	malformed, unavailable := []sdk.Class{sdk.MalformedAnswer}, []sdk.Class{sdk.Unavailable}
	body := func(change func(good string) string) func(script.Answer, string) (*http.Response, error, bool) {
		return func(good script.Answer, _ string) (*http.Response, error, bool) {
			good.Body = script.Body(change(string(good.Body)))
			return respond(good), nil, true
		}
	}
	status := func(code int, headers map[string]string) func(script.Answer, string) (*http.Response, error, bool) {
		return func(good script.Answer, _ string) (*http.Response, error, bool) {
			return respond(script.Answer{Status: code, Headers: headers, Body: "<html>" + good.Body + "</html>"}), nil, true
		}
	}
	fails := func(err error) func(script.Answer, string) (*http.Response, error, bool) {
		return func(script.Answer, string) (*http.Response, error, bool) { return nil, err, true }
	}
	return []breakage{
		{name: "an empty answer", classes: malformed, bodied: true, answer: body(func(string) string { return "" })},
		{name: "an HTML page", classes: malformed, bodied: true, answer: body(func(good string) string {
			return "<!DOCTYPE html><html><body><h1>It works!</h1><!-- " + good + " --></body></html>"
		})},
		{name: "words", classes: malformed, bodied: true, answer: body(func(good string) string { return "internal error: " + good })},
		{name: "an answer that is cut in half", classes: malformed, bodied: true, answer: func(good script.Answer, _ string) (*http.Response, error, bool) {
			whole := strings.TrimSpace(string(good.Body))
			good.Body = script.Body(whole[:len(whole)/2])
			return respond(good), nil, len(whole) > 1
		}},
		{name: "an answer over 1 MiB", classes: malformed, answer: body(func(good string) string { return good + strings.Repeat(" ", 1<<20) })},
		{name: "a connection that breaks in the answer", classes: unavailable, answer: func(good script.Answer, _ string) (*http.Response, error, bool) {
			resp := respond(good)
			half := good.Body[:len(good.Body)/2]
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(string(half)), brokenReader{}))
			return resp, nil, true
		}},
		{name: "a connection that is reset", classes: unavailable, answer: fails(errors.New("read tcp 192.0.2.1:443: connection reset by peer"))},
		{name: "a time-out", classes: unavailable, answer: fails(&sdk.Failure{Class: sdk.Unavailable, Text: "no answer within 10s", Sent: true})},
		{name: "a limit of the host", classes: []sdk.Class{sdk.QuotaExhausted}, answer: fails(&sdk.Failure{Class: sdk.QuotaExhausted, Text: "the quota is used up"})},
		{name: "a redirect", classes: malformed, answer: status(http.StatusFound, map[string]string{"Location": "https://elsewhere.example/login"})},
		{name: "status 429", classes: []sdk.Class{sdk.RateLimited}, after: 7 * time.Second, answer: status(429, map[string]string{"Retry-After": "7"})},
		{name: "status 500", classes: unavailable, answer: status(500, nil)},
		{name: "status 502", classes: unavailable, answer: status(502, nil)},
		{name: "status 503", classes: []sdk.Class{sdk.Unavailable, sdk.RateLimited}, after: 9 * time.Second, answer: status(503, map[string]string{"Retry-After": "9"})},
		{name: "an answer without the token", classes: malformed, answer: withoutToken("${1}no_${2}${3}${4}")},
		{name: "an answer whose token is null", classes: malformed, answer: withoutToken("${1}${2}${3}null")},
		{name: "an answer whose token is empty", classes: malformed, answer: withoutToken("${1}${2}${3}${5}${5}")},
	}
}

// brokenReader is a connection that ends too soon.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// withoutToken breaks a JSON answer at its token: what stands for it is made of ${1} the quote before the member's name, ${2} the name,
// ${3} what is between name and value, ${4} the value with its quotes, ${5} a quote. Of an XML answer it takes the token away.
func withoutToken(instead string) func(script.Answer, string) (*http.Response, error, bool) {
	return func(good script.Answer, token string) (*http.Response, error, bool) {
		if token == "" || !strings.Contains(string(good.Body), token) {
			return nil, nil, false
		}
		quoted := regexp.MustCompile(`(\\?")([^"\\]+)(\\?"\s*:\s*)((\\?")` + regexp.QuoteMeta(token) + `\\?")`)
		broken := quoted.ReplaceAllString(string(good.Body), instead)
		broken = strings.ReplaceAll(broken, ">"+token+"<", "><")
		ok := broken != string(good.Body)
		good.Body = script.Body(broken)
		return respond(good), nil, ok
	}
}

// broken breaks every exchange of the sound cases in every way.
func (s *suite) broken(ctx context.Context) {
	if len(s.sound) == 0 {
		s.nothingSound()
	}
	for _, c := range s.sound {
		token := ""
		if !s.unscripted {
			token, _ = decode(s.perform(ctx, s.process, c, nil).result.Value)["token"].(string)
		}
		lost := token == "" // no token came, so none can be lost
		for at := range c.Exchanges {
			for _, b := range breakages() {
				if tokenless := s.breakAt(ctx, c, at, b, token); tokenless {
					lost = true
				}
			}
		}
		if !lost {
			s.lacks("%s: the token %.3s... is in no answer of the script as it is, so it was not tried without it", c.Name, token)
		}
	}
}

// nothingSound notes that there is no case to go on with.
func (s *suite) nothingSound() {
	s.examined = false
	if s.unscripted {
		s.skip("%s", s.unsound)
		return
	}
	s.skip("no good case ended well")
}

// breakAt breaks one exchange in one way, and tells whether that took the token out of the answer.
func (s *suite) breakAt(ctx context.Context, c script.Case, at int, b breakage, token string) (tokenless bool) {
	if _, _, ok := b.answer(c.Exchanges[at].Answer, token); !ok || c.Exchanges[at].Lost != "" {
		return false
	}
	where := c
	where.Name = fmt.Sprintf("%s, exchange %d: %s", c.Name, at+1, b.name)
	o := s.perform(ctx, s.process, where, func(n int, _ *http.Request, scripted script.Exchange) (*http.Response, error) {
		if n != at {
			return nil, nil
		}
		resp, err, _ := b.answer(scripted.Answer, token)
		return resp, err
	})
	if s.unscripted && o.made > 1 {
		return false // an answer of this kind may be all that the plugin needs there
	}
	f := failureOf(o.err)
	switch {
	case o.err == nil && b.bodied && c.Operation == sdk.OpRevoke:
	case o.err == nil:
		s.add(mendToken, "%s: it ended well, want a failure of class %s", where.Name, b.classes[0])
	case f == nil: // perform has said so
	case !slices.Contains(b.classes, f.Class):
		s.add(mendClass, "%s: it failed with class %s, want %s (%s)", where.Name, f.Class, b.classes[0], f.Text)
	case b.after != 0 && f.RetryAfter != b.after:
		s.add(mendRetry, "%s: it says to try again after %v, and the vendor said %v", where.Name, f.RetryAfter, b.after)
	}
	return strings.Contains(b.name, "token")
}
