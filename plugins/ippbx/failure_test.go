package ippbx_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/ippbx/fake"
	"github.com/authrun/authrun/sdk"
)

func TestRefused(t *testing.T) {
	classes := map[sdk.Class][]string{
		sdk.InvalidCredentials: {"30003", "20003", "20015"},
		sdk.LockedOut:          {"20002"},
		sdk.TokenDead:          {"20004", "20005", "20006"},
		sdk.InvalidRequest:     {"10002", "10003", "10004", "20000", "20001", "20007", "20008", "20009"},
		sdk.Unsupported:        {"1", "10001", "20010", "30001", "40000", "none"},
	}
	held := json.RawMessage(`{"token":"813b621cfe8eecf445a2ce1f4a079ffe"}`)
	for class, codes := range classes {
		for _, code := range codes {
			for _, format := range []string{"json", "xml"} {
				for _, odd := range []fake.Oddity{"", fake.ErrnoAsNumber, fake.UnknownFields} {
					for _, op := range []sdk.Operation{sdk.OpAcquire, sdk.OpRenew} {
						b := newBench(t, fake.Options{})
						b.server.Refuse(code)
						b.server.Odd(odd)
						_, err := b.Run(op, b.With(args{"format": format, "ipaddr": "10.0.0.7"}), held)
						if sdk.ClassOf(err) != class || b.server.Calls() != 1 {
							t.Errorf("%s, %s, %s, %q: got %v after %d calls, want %s after 1", code, op, format, odd, err, b.server.Calls(), class)
						}
						if code != "none" && !strings.Contains(err.Error(), code) {
							t.Errorf("%s: the number is not in the text: %v", code, err)
						}
						b.Clean()
					}
				}
			}
		}
	}
}

func TestRefusedLogout(t *testing.T) {
	tests := map[string]sdk.Class{
		"20004": "", "20005": "", "20006": "", // dead already: nothing is left to end
		"10003": sdk.InvalidRequest, "20015": sdk.InvalidCredentials, "40000": sdk.Unsupported,
	}
	for code, class := range tests {
		b := newBench(t, fake.Options{})
		b.server.Refuse(code)
		got, err := b.Run(sdk.OpRevoke, b.Config, json.RawMessage(`{"token":"813b621cfe8eecf445a2ce1f4a079ffe"}`))
		if sdk.ClassOf(err) != class || (err == nil) != (class == "") || (err == nil) != (got.Text == "the token was dead already") {
			t.Errorf("%s: got %v, %v; want %q", code, got, err, class)
		}
		b.Clean()
	}
}

// The fifth wrong password locks the address: then the right one does not help either, and the failure says for how long.
func TestLockout(t *testing.T) {
	b := newBench(t, fake.Options{})
	wrong := b.With(args{"password": "wrong"})
	for range 5 {
		_, err := b.Run(sdk.OpAcquire, wrong, nil)
		var f *sdk.Failure
		if !errors.As(err, &f) || f.Class != sdk.InvalidCredentials || !cmp.Equal([]string{"password"}, f.Path) {
			t.Fatalf("got %#v", err)
		}
	}
	_, err := b.Run(sdk.OpAcquire, b.Config, nil)
	var f *sdk.Failure
	if !errors.As(err, &f) || f.Class != sdk.LockedOut || f.RetryAfter != 10*time.Minute {
		t.Fatalf("got %#v", err)
	}
	b.Now = b.Now.Add(10 * time.Minute)
	b.Acquire(b.Config)
	b.Clean()
}

func TestWrongHash(t *testing.T) {
	b := newBench(t, fake.Options{})
	_, err := b.Run(sdk.OpAcquire, b.With(args{"password": nil, "password_md5": strings.Repeat("0", 32)}), nil)
	var f *sdk.Failure
	if !errors.As(err, &f) || f.Class != sdk.InvalidCredentials || !cmp.Equal([]string{"password_md5"}, f.Path) {
		t.Fatalf("got %#v", err)
	}
}

func TestOddAnswers(t *testing.T) {
	tests := []struct {
		odd       fake.Oddity
		json, xml sdk.Class // "": a credential
	}{
		{fake.UnknownFields, "", ""},
		{fake.TokenNumber, "", ""},
		{fake.ByteOrderMark, "", ""},
		{fake.TrailingComma, "", ""},
		{fake.AlwaysJSON, "", ""},
		{fake.LatinXML, "", ""},
		{fake.TokenMissing, sdk.MalformedAnswer, sdk.MalformedAnswer},
		{fake.TokenNull, sdk.MalformedAnswer, sdk.MalformedAnswer},
		{fake.TokenEmpty, sdk.MalformedAnswer, sdk.MalformedAnswer},
		{fake.StatusMissing, sdk.MalformedAnswer, sdk.MalformedAnswer},
		{fake.StatusUnknown, sdk.MalformedAnswer, sdk.MalformedAnswer},
	}
	for _, test := range tests {
		for format, want := range map[string]sdk.Class{"json": test.json, "xml": test.xml} {
			b := newBench(t, fake.Options{})
			b.server.Odd(test.odd)
			got, err := b.Run(sdk.OpAcquire, b.With(args{"format": format}), nil)
			if sdk.ClassOf(err) != want || (err == nil) != (want == "") || b.server.Calls() != 1 {
				t.Errorf("%s, %s: got %v after %d calls, want %q", test.odd, format, err, b.server.Calls(), want)
			}
			if test.odd == fake.TokenNumber && b.Attributes(got)["token"] != "8141592653589793" {
				t.Errorf("%s, %s: value %s", test.odd, format, got.Value)
			}
		}
	}
}

func TestBrokenAnswers(t *testing.T) {
	page := "<html><body><br>" + strings.Repeat("x", 100) + "</body></html>"
	tests := []struct {
		name  string
		m     fake.Misbehaviour
		want  sdk.Class
		after time.Duration
	}{
		{"empty", fake.Misbehaviour{Status: 200}, sdk.MalformedAnswer, 0},
		{"HTML", fake.Misbehaviour{Status: 200, Body: page}, sdk.MalformedAnswer, 0},
		{"truncated JSON", fake.Misbehaviour{Status: 200, Body: `{"status":"Success","tok`}, sdk.MalformedAnswer, 0},
		{"truncated XML", fake.Misbehaviour{Status: 200, Body: `<?xml version="1.0"?><xml><status>Success</sta`}, sdk.MalformedAnswer, 0},
		{"cut short", fake.Misbehaviour{Status: 200, Body: `{"status"`, Header: http.Header{"Content-Length": {"500"}}}, sdk.Unavailable, 0},
		{"huge", fake.Misbehaviour{Status: 200, Body: `{"status":"` + strings.Repeat("x", 1<<20) + `"}`}, sdk.MalformedAnswer, 0},
		{"nothing of use", fake.Misbehaviour{Status: 200, Body: `{}`}, sdk.MalformedAnswer, 0},
		{"created", fake.Misbehaviour{Status: 201, Body: `{"status":"Success","token":"t"}`}, sdk.MalformedAnswer, 0},
		{"reset", fake.Misbehaviour{Reset: true}, sdk.Unavailable, 0},
		{"redirect", fake.Misbehaviour{Status: 301, Header: http.Header{"Location": {"https://127.0.0.1/?token=x"}}}, sdk.MalformedAnswer, 0},
		{"401", fake.Misbehaviour{Status: 401, Body: page}, sdk.InvalidRequest, 0},
		{"404", fake.Misbehaviour{Status: 404, Body: page}, sdk.InvalidRequest, 0},
		{"429", fake.Misbehaviour{Status: 429, Header: http.Header{"Retry-After": {"17"}}}, sdk.RateLimited, 17 * time.Second},
		{"500", fake.Misbehaviour{Status: 500}, sdk.Unavailable, 0},
		{"503", fake.Misbehaviour{Status: 503, Header: http.Header{"Retry-After": {"5"}}}, sdk.Unavailable, 5 * time.Second},
	}
	held := json.RawMessage(`{"token":"813b621cfe8eecf445a2ce1f4a079ffe"}`)
	for _, test := range tests {
		for _, format := range []string{"json", "xml"} {
			for _, op := range []sdk.Operation{sdk.OpAcquire, sdk.OpRenew, sdk.OpRevoke} {
				b := newBench(t, fake.Options{})
				b.server.Misbehave(test.m)
				_, err := b.Run(op, b.With(args{"format": format, "ipaddr": "10.0.0.7"}), held)
				var f *sdk.Failure
				if !errors.As(err, &f) {
					t.Errorf("%s, %s, %s: got %v", test.name, format, op, err)
					continue
				}
				if f.Class != test.want || f.RetryAfter != test.after || b.server.Calls() != 1 || strings.Contains(f.Text, "token=") {
					t.Errorf("%s, %s, %s: got %#v after %d calls", test.name, format, op, f, b.server.Calls())
				}
				b.Clean()
			}
		}
	}
}

// An answer that quotes what it was sent gives nothing away.
func TestNoSecretInTexts(t *testing.T) {
	b := newBench(t, fake.Options{})
	b.server.Misbehave(fake.Misbehaviour{Status: 200, Body: `{"status":"Failed","errno":"` + example + `\n"}`})
	_, err := b.Run(sdk.OpAcquire, b.Config, nil)
	if sdk.ClassOf(err) != sdk.Unsupported || strings.Contains(err.Error(), example) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}
