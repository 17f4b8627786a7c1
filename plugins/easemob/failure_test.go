package easemob_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/easemob/fake"
	"github.com/authrun/authrun/sdk"
)

func TestRefused(t *testing.T) {
	tests := map[string]sdk.Class{
		"invalid_grant":                      sdk.InvalidCredentials,
		"unauthorized":                       sdk.InvalidCredentials,
		"illegal_argument":                   sdk.InvalidRequest,
		"anything_else":                      sdk.InvalidRequest,
		"forbidden_op":                       sdk.InvalidRequest,
		"organization_application_not_found": sdk.InvalidRequest,
		"web_application":                    sdk.InvalidRequest,
		"reach_limit":                        sdk.RateLimited,
		"resource_limited":                   sdk.QuotaExhausted,
		"internal_server_error":              sdk.Unavailable,
		"service_unavailable":                sdk.Unavailable,
	}
	for code, class := range tests {
		b := newBench(t, fake.Options{})
		b.server.Refuse(code)
		_, err := b.Run(sdk.OpAcquire, b.Config, nil)
		if sdk.ClassOf(err) != class || b.server.Calls() != 1 || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: got %v after %d calls, want %s after 1", code, err, b.server.Calls(), class)
		}
		b.Clean()
	}
}

func TestWrongArguments(t *testing.T) {
	tests := []struct {
		name string
		args args
		want sdk.Class
		path []string
	}{
		{"client_secret", args{"client_secret": "other"}, sdk.InvalidCredentials, []string{"client_secret"}},
		{"client_id", args{"client_id": "other"}, sdk.InvalidCredentials, []string{"client_secret"}},
		{"app_name", args{"app_name": "other"}, sdk.InvalidRequest, nil},
	}
	for _, test := range tests {
		b := newBench(t, fake.Options{})
		_, err := b.Run(sdk.OpAcquire, b.With(test.args), nil)
		var f *sdk.Failure
		if !errors.As(err, &f) || f.Class != test.want || !cmp.Equal(test.path, f.Path) {
			t.Errorf("%s: got %#v, want %s", test.name, err, test.want)
		}
	}
}

// The vendor answers in the same way to who asks too often; the host keeps the pace, the plugin does not.
func TestPace(t *testing.T) {
	b := newBench(t, fake.Options{Interval: time.Second})
	for i, want := range []sdk.Class{"", sdk.RateLimited, ""} {
		if _, err := b.Run(sdk.OpAcquire, b.Config, nil); sdk.ClassOf(err) != want {
			t.Errorf("try %d: %v", i, err)
		}
		b.Now = b.Now.Add(time.Duration(i) * time.Second)
	}
}

func TestOddTokens(t *testing.T) {
	tests := map[fake.Oddity]sdk.Class{
		fake.TokenMissing: sdk.MalformedAnswer, fake.TokenNull: sdk.MalformedAnswer, fake.TokenEmpty: sdk.MalformedAnswer,
		fake.TokenNumber: "", fake.TrailingComma: "", fake.ByteOrderMark: "", fake.UnknownFields: "",
	}
	for odd, want := range tests {
		b := newBench(t, fake.Options{})
		b.server.Odd(odd)
		got, err := b.Run(sdk.OpAcquire, b.Config, nil)
		if sdk.ClassOf(err) != want || (err == nil) != (want == "") || b.server.Calls() != 1 {
			t.Errorf("%s: got %v after %d calls, want %q", odd, err, b.server.Calls(), want)
		}
		if odd == fake.TokenNumber && b.Attributes(got)["token"] != "8141592653589793" {
			t.Errorf("%s: value %s", odd, got.Value)
		}
	}
}

func TestBrokenAnswers(t *testing.T) {
	page := "<html><body>" + strings.Repeat("x", 100) + "</body></html>"
	wait := http.Header{"Retry-After": {"17"}}
	tests := []struct {
		name  string
		m     fake.Misbehaviour
		want  sdk.Class
		after time.Duration
	}{
		{"empty", fake.Misbehaviour{Status: 200}, sdk.MalformedAnswer, 0},
		{"HTML", fake.Misbehaviour{Status: 200, Body: page}, sdk.MalformedAnswer, 0},
		{"truncated JSON", fake.Misbehaviour{Status: 200, Body: `{"access_token":"YWM`}, sdk.MalformedAnswer, 0},
		{"cut short", fake.Misbehaviour{Status: 200, Body: `{"access_tok`, Header: http.Header{"Content-Length": {"500"}}}, sdk.Unavailable, 0},
		{"huge", fake.Misbehaviour{Status: 200, Body: `{"access_token":"` + strings.Repeat("x", 1<<20) + `"}`}, sdk.MalformedAnswer, 0},
		{"a list", fake.Misbehaviour{Status: 200, Body: `[]`}, sdk.MalformedAnswer, 0},
		{"expires_in of another kind", fake.Misbehaviour{Status: 200, Body: `{"access_token":"t","expires_in":{"s":1}}`}, sdk.MalformedAnswer, 0},
		{"created", fake.Misbehaviour{Status: 201, Body: `{"access_token":"t","expires_in":60}`}, sdk.MalformedAnswer, 0},
		{"reset", fake.Misbehaviour{Reset: true}, sdk.Unavailable, 0},
		{"redirect", fake.Misbehaviour{Status: 307, Header: http.Header{"Location": {"/elsewhere"}}}, sdk.MalformedAnswer, 0},
		{"400, no JSON", fake.Misbehaviour{Status: 400, Body: page}, sdk.InvalidRequest, 0},
		{"401, empty", fake.Misbehaviour{Status: 401}, sdk.InvalidCredentials, 0},
		{"404, another error", fake.Misbehaviour{Status: 404, Body: `{"error":"invalid_grant"}`}, sdk.InvalidRequest, 0},
		{"415", fake.Misbehaviour{Status: 415}, sdk.InvalidRequest, 0},
		{"429, no JSON", fake.Misbehaviour{Status: 429, Body: page, Header: wait}, sdk.RateLimited, 17 * time.Second},
		{"429, package used up", fake.Misbehaviour{Status: 429, Body: `{"error":"resource_limited"}`, Header: wait}, sdk.QuotaExhausted, 17 * time.Second},
		{"429, too fast", fake.Misbehaviour{Status: 429, Body: `{"error":"reach_limit"}`}, sdk.RateLimited, 0},
		{"500, no JSON", fake.Misbehaviour{Status: 500, Body: page}, sdk.Unavailable, 0},
		{"502, empty", fake.Misbehaviour{Status: 502}, sdk.Unavailable, 0},
		{"503, JSON", fake.Misbehaviour{Status: 503, Body: `{"error":"service_unavailable"}`, Header: wait}, sdk.Unavailable, 17 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, fake.Options{})
			b.server.Misbehave(test.m)
			_, err := b.Run(sdk.OpAcquire, b.Config, nil)
			var f *sdk.Failure
			if !errors.As(err, &f) || f.Class != test.want || f.RetryAfter != test.after {
				t.Fatalf("got %#v, want %s after %s", err, test.want, test.after)
			}
			if b.server.Calls() != 1 {
				t.Errorf("%d calls", b.server.Calls())
			}
			b.Clean()
		})
	}
}

// A vendor may quote in its words what it was sent, with whatever else.
func TestWordsOfTheVendor(t *testing.T) {
	b := newBench(t, fake.Options{})
	b.server.Misbehave(fake.Misbehaviour{Status: 400, Body: `{"error":"invalid_grant","error_description":"secret ` + account.ClientSecret +
		` is\n\u001b[31mwrong"}`})
	_, err := b.Run(sdk.OpAcquire, b.Config, nil)
	if sdk.ClassOf(err) != sdk.InvalidCredentials {
		t.Fatal(err)
	}
	if text := err.Error(); strings.Contains(text, account.ClientSecret) || strings.ContainsAny(text, "\n\x1b") || !strings.Contains(text, "wrong") {
		t.Errorf("the text is %q", text)
	}
}
