package ekuaibao_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/plugins/ekuaibao/fake"
	"github.com/authrun/authrun/sdk"
)

// answers are raw answers and what they mean to acquire and to renew.
var answers = map[string]struct {
	give           fake.Misbehaviour
	acquire, renew sdk.Class
	retryAfter     time.Duration
}{
	"403 empty":         {fake.Misbehaviour{Status: 403}, sdk.InvalidCredentials, sdk.TokenDead, 0},
	"403 HTML":          {fake.Misbehaviour{Status: 403, Body: "<html>no</html>"}, sdk.InvalidCredentials, sdk.TokenDead, 0},
	"403 JSON":          {fake.Misbehaviour{Status: 403, Body: `{"errorCode":403}`}, sdk.InvalidCredentials, sdk.TokenDead, 0},
	"400":               {fake.Misbehaviour{Status: 400}, sdk.InvalidRequest, sdk.TokenDead, 0},
	"401":               {fake.Misbehaviour{Status: 401}, sdk.InvalidRequest, sdk.TokenDead, 0},
	"404":               {fake.Misbehaviour{Status: 404}, sdk.InvalidRequest, sdk.TokenDead, 0},
	"429":               {fake.Misbehaviour{Status: 429}, sdk.RateLimited, sdk.RateLimited, 0},
	"429 with seconds":  {after(429, "7"), sdk.RateLimited, sdk.RateLimited, 7 * time.Second},
	"429 with a date":   {after(429, "Tue, 31 Mar 2026 16:00:58 GMT"), sdk.RateLimited, sdk.RateLimited, time.Minute},
	"500":               {fake.Misbehaviour{Status: 500, Body: "<html>oops"}, sdk.Unavailable, sdk.Unavailable, 0},
	"503 with seconds":  {after(503, "30"), sdk.Unavailable, sdk.Unavailable, 30 * time.Second},
	"redirect":          {fake.Misbehaviour{Status: 302, Header: http.Header{"Location": {"/elsewhere"}}}, sdk.MalformedAnswer, sdk.MalformedAnswer, 0},
	"empty":             {fake.Misbehaviour{Status: 200}, sdk.MalformedAnswer, sdk.MalformedAnswer, 0},
	"no content":        {fake.Misbehaviour{Status: 204}, sdk.MalformedAnswer, sdk.MalformedAnswer, 0},
	"HTML":              {fake.Misbehaviour{Status: 200, Body: "<!DOCTYPE html><html>login</html>"}, sdk.MalformedAnswer, sdk.MalformedAnswer, 0},
	"JSON cut short":    {fake.Misbehaviour{Status: 200, Body: `{"value":{"accessTo`}, sdk.MalformedAnswer, sdk.MalformedAnswer, 0},
	"not an object":     {fake.Misbehaviour{Status: 200, Body: `[1]`}, sdk.MalformedAnswer, sdk.MalformedAnswer, 0},
	"no value":          {fake.Misbehaviour{Status: 200, Body: `{}`}, sdk.MalformedAnswer, sdk.MalformedAnswer, 0},
	"value is null":     {fake.Misbehaviour{Status: 200, Body: `{"value":null}`}, sdk.MalformedAnswer, sdk.MalformedAnswer, 0},
	"huge":              {fake.Misbehaviour{Status: 200, Body: `{"a":"` + strings.Repeat("x", 1<<20) + `"}`}, sdk.MalformedAnswer, sdk.MalformedAnswer, 0},
	"transfer cut":      {fake.Misbehaviour{Status: 200, Header: http.Header{"Content-Length": {"90"}}, Body: `{"value":`}, sdk.Unavailable, sdk.Unavailable, 0},
	"connection closed": {fake.Misbehaviour{Reset: true}, sdk.Unavailable, sdk.Unavailable, 0},
}

// after is an answer with a Retry-After header.
func after(status int, when string) fake.Misbehaviour {
	return fake.Misbehaviour{Status: status, Header: http.Header{"Retry-After": {when}}}
}

func TestFailures(t *testing.T) {
	for name, tc := range answers {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			held := w.hold()
			w.vendor.Misbehave(tc.give)
			for op, want := range map[sdk.Operation]sdk.Class{sdk.OpAcquire: tc.acquire, sdk.OpRenew: tc.renew} {
				calls := w.vendor.Calls()
				_, err := w.run(t.Context(), op, nil, held)
				var f *sdk.Failure
				if !errors.As(err, &f) || f.Class != want || f.RetryAfter != tc.retryAfter {
					t.Errorf("%s ended with %#v, want class %s, retry after %v", op, err, want, tc.retryAfter)
				}
				if got := w.vendor.Calls() - calls; got != 1 {
					t.Errorf("%s made %d calls, want 1", op, got)
				}
				for _, secret := range []string{"s3cret", "E4PVy28Q"} {
					if err != nil && strings.Contains(err.Error(), secret) {
						t.Errorf("%s: the error holds %q: %v", op, secret, err)
					}
				}
			}
		})
	}
}

func TestSuccessWithoutATokenIsMalformed(t *testing.T) {
	for _, odd := range []fake.Oddity{fake.TokenMissing, fake.TokenNull, fake.TokenEmpty, fake.ValueAsList, fake.ExpiryPast} {
		t.Run(string(odd), func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			held := w.hold()
			w.vendor.Odd(odd)
			for _, op := range []sdk.Operation{sdk.OpAcquire, sdk.OpRenew} {
				if _, err := w.run(t.Context(), op, nil, held); sdk.ClassOf(err) != sdk.MalformedAnswer {
					t.Errorf("%s ended with %v, want malformed_answer", op, err)
				}
			}
		})
	}
}

func TestWrongKeyIsRefused(t *testing.T) {
	w := newWorld(t, fake.Options{})
	for _, wrong := range []map[string]any{{"app_key": "key-2"}, {"app_security": "mistyped"}} {
		if _, err := w.acquire(wrong); sdk.ClassOf(err) != sdk.InvalidCredentials {
			t.Errorf("%v ended with %v, want invalid_credentials", wrong, err)
		}
	}
	if wrong := w.vendor.Violations(); wrong != nil {
		t.Errorf("violations %q", wrong)
	}
}

func TestServerThatIsDownIsUnavailable(t *testing.T) {
	w := newWorld(t, fake.Options{})
	if _, err := w.acquire(map[string]any{"base_url": "http://127.0.0.1:1"}); sdk.ClassOf(err) != sdk.Unavailable {
		t.Errorf("ended with %v, want unavailable", err)
	}
}

func TestCancelledCallEnds(t *testing.T) {
	w := newWorld(t, fake.Options{})
	w.vendor.Misbehave(fake.Misbehaviour{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := w.run(ctx, sdk.OpAcquire, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v, want the context's error", err)
	}
}

func TestRevokeIsNoAbility(t *testing.T) {
	w := newWorld(t, fake.Options{})
	held := w.hold()
	if _, err := w.run(t.Context(), sdk.OpRevoke, nil, held); sdk.ClassOf(err) != sdk.Unsupported {
		t.Errorf("ended with %v, want unsupported", err)
	}
}
