package sipauth_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/plugins/sipauth/fake"
	"github.com/authrun/authrun/sdk"
)

func TestRefusedLogin(t *testing.T) {
	classes := map[sdk.Class][]string{
		sdk.InvalidRequest:     {"400", "401", "404", "499"},
		sdk.Unavailable:        {"500", "503", "599", "1001", "1002"},
		sdk.TokenDead:          {"600"},
		sdk.InvalidCredentials: {"601", "602", "603", "604", "1003", "1010", "1234", "none"},
		sdk.Unsupported:        {"605", "699"},
	}
	for class, codes := range classes {
		for _, code := range codes {
			for _, odd := range [][]fake.Oddity{nil, {fake.NumbersAsStrings, fake.UnknownFields}, {fake.StringsAsNumbers, fake.DataAsText}} {
				b := newBench(t)
				b.server.Refuse(code)
				b.server.Odd(odd...)
				_, err := b.Run(sdk.OpAcquire, b.Config, nil)
				if sdk.ClassOf(err) != class || b.server.Calls() != 1 {
					t.Errorf("%s %v: got %v after %d calls, want %s after 1", code, odd, err, b.server.Calls(), class)
				}
				if code != "none" && !strings.Contains(err.Error(), code) {
					t.Errorf("%s: the code is not in the text: %v", code, err)
				}
			}
		}
	}
}

func TestRefusedLogout(t *testing.T) {
	tests := map[string]sdk.Class{
		"400": sdk.InvalidRequest, "500": sdk.Unavailable, "601": sdk.InvalidCredentials, "1001": sdk.Unavailable, "1003": sdk.InvalidCredentials,
		"1234": sdk.Unsupported, "none": sdk.Unsupported,
		"600": "", "1010": "", // dead already: nothing is left to end
	}
	for code, class := range tests {
		b := newBench(t)
		b.server.Refuse(code)
		got, err := b.Run(sdk.OpRevoke, b.Config, json.RawMessage(`{"token":"773a70dd02f0695d50205e9b267692b9"}`))
		if sdk.ClassOf(err) != class || (err == nil) != (class == "") || (err == nil) != (got.Text == "the token was dead already") {
			t.Errorf("%s: got %v, %v; want %q", code, got, err, class)
		}
	}
}

func TestWrongSecrets(t *testing.T) {
	b := newBench(t)
	for _, other := range []args{{"appid": "other"}, {"accesskey": "other-key"}} {
		if _, err := b.Run(sdk.OpAcquire, b.With(other), nil); sdk.ClassOf(err) != sdk.InvalidCredentials {
			t.Errorf("%v: got %v", other, err)
		}
	}
	b.Clean()
}

func TestOddAnswers(t *testing.T) {
	tests := []struct {
		odd  fake.Oddity
		want sdk.Class // "": a credential
	}{
		{fake.NumbersAsStrings, ""},
		{fake.StringsAsNumbers, ""},
		{fake.DataAsText, ""},
		{fake.TrailingComma, ""},
		{fake.ByteOrderMark, ""},
		{fake.UnknownFields, ""},
		{fake.ControlWords, ""},
		{fake.TokenMissing, sdk.MalformedAnswer},
		{fake.TokenNull, sdk.MalformedAnswer},
		{fake.TokenEmpty, sdk.MalformedAnswer},
		{fake.ResultAsList, sdk.MalformedAnswer},
		{fake.DataAsList, sdk.MalformedAnswer},
		{fake.ServiceLost, sdk.MalformedAnswer},
		{fake.StatusMissing, sdk.MalformedAnswer},
	}
	for _, test := range tests {
		t.Run(string(test.odd), func(t *testing.T) {
			b := newBench(t)
			b.server.Odd(test.odd)
			got, err := b.Run(sdk.OpAcquire, b.Config, nil)
			if sdk.ClassOf(err) != test.want || (err == nil) != (test.want == "") {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			if err == nil {
				if code := b.Attributes(got)["companycode"]; code != "1" {
					t.Errorf("companycode is %#v", code)
				}
			}
			if b.server.Calls() != 1 {
				t.Errorf("%d calls", b.server.Calls())
			}
		})
	}
}

func TestBrokenAnswers(t *testing.T) {
	page := "<html><body>Login " + strings.Repeat("x", 100) + "</body></html>"
	tests := []struct {
		name  string
		m     fake.Misbehaviour
		want  sdk.Class
		after time.Duration
	}{
		{"empty", fake.Misbehaviour{Status: 200}, sdk.MalformedAnswer, 0},
		{"HTML", fake.Misbehaviour{Status: 200, Body: page}, sdk.MalformedAnswer, 0},
		{"truncated JSON", fake.Misbehaviour{Status: 200, Body: `{"ret":200,"data":{"status":0,"result":{"tok`}, sdk.MalformedAnswer, 0},
		{"cut short", fake.Misbehaviour{Status: 200, Body: `{"ret":200`, Header: http.Header{"Content-Length": {"500"}}}, sdk.Unavailable, 0},
		{"huge", fake.Misbehaviour{Status: 200, Body: `{"ret":200,"data":"` + strings.Repeat("x", 1<<20) + `"}`}, sdk.MalformedAnswer, 0},
		{"another kind of JSON", fake.Misbehaviour{Status: 200, Body: `["ret",200]`}, sdk.MalformedAnswer, 0},
		{"no ret", fake.Misbehaviour{Status: 200, Body: `{}`}, sdk.MalformedAnswer, 0},
		{"null", fake.Misbehaviour{Status: 200, Body: `null`}, sdk.MalformedAnswer, 0},
		{"created", fake.Misbehaviour{Status: 201, Body: `{"ret":200,"data":{"status":0,"result":{"token":"t"}}}`}, sdk.MalformedAnswer, 0},
		{"reset", fake.Misbehaviour{Reset: true}, sdk.Unavailable, 0},
		{"redirect", fake.Misbehaviour{Status: 302, Header: http.Header{"Location": {"/elsewhere?token=x"}}}, sdk.MalformedAnswer, 0},
		{"403", fake.Misbehaviour{Status: 403, Body: page}, sdk.InvalidRequest, 0},
		{"429", fake.Misbehaviour{Status: 429, Header: http.Header{"Retry-After": {"17"}}}, sdk.RateLimited, 17 * time.Second},
		{"500", fake.Misbehaviour{Status: 500, Body: page}, sdk.Unavailable, 0},
		{"503", fake.Misbehaviour{Status: 503, Header: http.Header{"Retry-After": {"5"}}}, sdk.Unavailable, 5 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
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
	b := newBench(t)
	b.server.Misbehave(fake.Misbehaviour{Status: 200, Body: `{"ret":200,"data":{"status":1,"desc":"key ` + account.AccessKey +
		` is\n\u001b[31mwrong","errors":{"code":"1003"}}}`})
	_, err := b.Run(sdk.OpAcquire, b.Config, nil)
	if sdk.ClassOf(err) != sdk.InvalidCredentials {
		t.Fatal(err)
	}
	if text := err.Error(); strings.Contains(text, account.AccessKey) || strings.ContainsAny(text, "\n\x1b") || !strings.Contains(text, "wrong") {
		t.Errorf("the text is %q", text)
	}
}
