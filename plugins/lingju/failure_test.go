package lingju_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/plugins/lingju/fake"
	"github.com/authrun/authrun/sdk"
)

// checkFailure checks how an acquire ended that made one call, and that it says nothing of the secrets.
func checkFailure(t *testing.T, w *world, err error, want sdk.Class, retryAfter time.Duration) {
	t.Helper()
	var f *sdk.Failure
	if !errors.As(err, &f) || f.Class != want || f.RetryAfter != retryAfter {
		t.Fatalf("ended with %#v, want class %s, retry after %v", err, want, retryAfter)
	}
	if w.vendor.Calls() != 1 {
		t.Errorf("%d calls, want 1", w.vendor.Calls())
	}
	for _, secret := range []string{appkey, "k%26y", authcode, "c0de"} {
		if strings.Contains(f.Error(), secret) {
			t.Errorf("the error holds %q: %v", secret, f)
		}
	}
}

func TestCodes(t *testing.T) {
	for class, codes := range map[sdk.Class]string{
		sdk.InvalidCredentials: "6 4 11 13 43 44 114 120 129",
		sdk.InvalidRequest:     "8 111 20 21 22 23 24 25 26 27 28 29",
		sdk.RateLimited:        "40",
		sdk.QuotaExhausted:     "41 121",
		sdk.TokenDead:          "122 19 99",
		sdk.Unavailable:        "-1 1 14 124",
		sdk.Unsupported:        "2 3 5 7 12 30 100 200 999999999999999999999",
	} {
		for _, code := range strings.Fields(codes) {
			for _, odd := range []fake.Oddity{"", fake.NumbersAsStrings} {
				t.Run(code+" "+string(odd), func(t *testing.T) {
					w := newWorld(t, fake.Options{})
					w.vendor.Refuse(code)
					w.vendor.Odd(odd)
					_, err := w.acquire(t.Context(), map[string]any{"authcode": authcode})
					after := time.Duration(0)
					if class == sdk.QuotaExhausted {
						after = 1300 * time.Millisecond // the clock stands 1.3 s before April in Shanghai
					}
					checkFailure(t, w, err, class, after)
					if !strings.Contains(err.Error(), code) {
						t.Errorf("the error does not name code %s: %v", code, err)
					}
				})
			}
		}
	}
}

func TestQuotaEndsWithTheMonthOfShanghai(t *testing.T) {
	for now, want := range map[string]time.Duration{
		"2026-03-31T15:59:59Z": time.Second,         // 23:59:59 of March 31 there
		"2026-03-31T16:00:00Z": 30 * 24 * time.Hour, // April has begun there
		"2026-12-31T15:00:00Z": time.Hour,           // the year ends too
		"2028-01-31T16:00:00Z": 29 * 24 * time.Hour, // a leap year's February
	} {
		t.Run(now, func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			at, err := time.Parse(time.RFC3339, now)
			if err != nil {
				t.Fatal(err)
			}
			w.now = at
			w.vendor.Refuse("41")
			_, err = w.acquire(t.Context(), nil)
			checkFailure(t, w, err, sdk.QuotaExhausted, want)
		})
	}
}

func TestEleventhCallOfAMonthIsRefused(t *testing.T) {
	w := newWorld(t, fake.Options{})
	for range 10 {
		if _, err := w.acquire(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.acquire(t.Context(), nil); sdk.ClassOf(err) != sdk.QuotaExhausted {
		t.Errorf("the eleventh call ended with %v, want quota_exhausted", err)
	}
	if _, err := w.acquire(t.Context(), map[string]any{"userid": "other"}); err != nil {
		t.Errorf("another device's first call: %v", err)
	}
	w.now = w.now.Add(2 * time.Second) // April in Shanghai
	if _, err := w.acquire(t.Context(), nil); err != nil {
		t.Errorf("the first call of the next month: %v", err)
	}
}

func TestRawAnswers(t *testing.T) {
	after := func(status int, when string) fake.Misbehaviour {
		return fake.Misbehaviour{Status: status, Header: http.Header{"Retry-After": {when}}}
	}
	ok := func(body string) fake.Misbehaviour { return fake.Misbehaviour{Status: 200, Body: body} }
	for name, tc := range map[string]struct {
		give       fake.Misbehaviour
		want       sdk.Class
		retryAfter time.Duration
	}{
		"400":                {fake.Misbehaviour{Status: 400}, sdk.InvalidRequest, 0},
		"401":                {fake.Misbehaviour{Status: 401}, sdk.InvalidRequest, 0},
		"403":                {fake.Misbehaviour{Status: 403}, sdk.InvalidRequest, 0},
		"404":                {fake.Misbehaviour{Status: 404, Body: "<html>"}, sdk.InvalidRequest, 0},
		"429":                {fake.Misbehaviour{Status: 429}, sdk.RateLimited, 0},
		"429 with seconds":   {after(429, "90"), sdk.RateLimited, 90 * time.Second},
		"500":                {fake.Misbehaviour{Status: 500}, sdk.Unavailable, 0},
		"503 with seconds":   {after(503, "30"), sdk.Unavailable, 30 * time.Second},
		"redirect":           {fake.Misbehaviour{Status: 301, Header: http.Header{"Location": {"/elsewhere"}}}, sdk.MalformedAnswer, 0},
		"empty":              {fake.Misbehaviour{Status: 200}, sdk.MalformedAnswer, 0},
		"HTML":               {ok("<html>login</html>"), sdk.MalformedAnswer, 0},
		"cut short":          {ok(`{"description":"success","data":{"accessToken":"9d`), sdk.MalformedAnswer, 0},
		"list":               {ok(`[]`), sdk.MalformedAnswer, 0},
		"no status":          {ok(`{"data":{"accessToken":"9d1"}}`), sdk.MalformedAnswer, 0},
		"null status":        {ok(`{"data":{"accessToken":"9d1"},"status":null}`), sdk.MalformedAnswer, 0},
		"created":            {fake.Misbehaviour{Status: 201, Body: `{"data":{"accessToken":"9d1"},"status":0}`}, sdk.MalformedAnswer, 0},
		"no data":            {ok(`{"status":0}`), sdk.MalformedAnswer, 0},
		"refusal as a list":  {ok(`{"status":"6","data":[],"description":null}`), sdk.InvalidCredentials, 0},
		"refusal with token": {ok(`{"status":6,"data":{"accessToken":"9d1"}}`), sdk.InvalidCredentials, 0},
		"too fast, for 9 s": {
			fake.Misbehaviour{Status: 200, Header: http.Header{"Retry-After": {"9"}}, Body: `{"status":40}`}, sdk.RateLimited, 9 * time.Second,
		},
		"huge":              {ok(`{"a":"` + strings.Repeat("x", 1<<20) + `"}`), sdk.MalformedAnswer, 0},
		"transfer cut":      {fake.Misbehaviour{Status: 200, Header: http.Header{"Content-Length": {"90"}}, Body: `{"st`}, sdk.Unavailable, 0},
		"connection closed": {fake.Misbehaviour{Reset: true}, sdk.Unavailable, 0},
	} {
		for _, method := range []string{"GET", "POST"} {
			t.Run(name+" "+method, func(t *testing.T) {
				w := newWorld(t, fake.Options{})
				w.vendor.Misbehave(tc.give)
				_, err := w.acquire(t.Context(), map[string]any{"method": method})
				checkFailure(t, w, err, tc.want, tc.retryAfter)
			})
		}
	}
}

func TestSuccessWithoutATokenIsMalformed(t *testing.T) {
	for _, odd := range []fake.Oddity{fake.TokenMissing, fake.TokenNull, fake.TokenEmpty, fake.DataAsList, fake.StatusMissing} {
		t.Run(string(odd), func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			w.vendor.Odd(odd)
			_, err := w.acquire(t.Context(), nil)
			checkFailure(t, w, err, sdk.MalformedAnswer, 0)
		})
	}
}

func TestVendorsWordsAreCleanAndHoldNoSecret(t *testing.T) {
	w := newWorld(t, fake.Options{})
	w.vendor.Odd(fake.ControlWords)
	w.vendor.Refuse("6")
	_, err := w.acquire(t.Context(), nil)
	checkFailure(t, w, err, sdk.InvalidCredentials, 0)
	if text := err.Error(); strings.ContainsAny(text, "\r\n\x1b") || !strings.Contains(text, "refused for good") {
		t.Errorf("the words are %q", text)
	}

	echo := newWorld(t, fake.Options{})
	echo.vendor.Misbehave(fake.Misbehaviour{Status: 200, Body: `{"status":6,"description":"no appkey ` + appkey + ` nor k%26y+1%2F%C3%A9%2B%25"}`})
	_, err = echo.acquire(t.Context(), nil)
	checkFailure(t, echo, err, sdk.InvalidCredentials, 0)
}

func TestWrongAccountIsRefused(t *testing.T) {
	for name, arguments := range map[string]map[string]any{
		"appkey":            {"appkey": "mistyped"},
		"authcode too many": {"authcode": authcode},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			_, err := w.acquire(t.Context(), arguments)
			checkFailure(t, w, err, sdk.InvalidCredentials, 0)
			if wrong := w.vendor.Violations(); wrong != nil {
				t.Errorf("violations %q", wrong)
			}
		})
	}
}

func TestCancelledCallEnds(t *testing.T) {
	w := newWorld(t, fake.Options{})
	w.vendor.Misbehave(fake.Misbehaviour{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := w.acquire(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v, want the context's error", err)
	}
}
