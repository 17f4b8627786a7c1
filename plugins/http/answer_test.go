package httpvendor_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// Where a token, and what stands beside it, can be found.
func TestPlaces(t *testing.T) {
	where := args{"token_at": "/data/token", "life": "1h", "attributes": args{"a": "/data/list/1/name", "b": "/data/none", "c": "/data/list"},
		"sensitive_attributes": args{"s": "/data/a~1b~0"}}
	json := `{"data":{"token":"TOKEN-1","list":[{"name":1},{"name":9007199254740993}],"a/b~":"S"}}`
	want := args{"token": "TOKEN-1", "attributes": args{"a": "9007199254740993", "b": "", "c": ""}, "sensitive_attributes": args{"s": "S"}}
	none := args{}
	for _, c := range []struct {
		name, language, body string
		header               http.Header
		where, want          args
	}{
		{name: "JSON", body: json, where: where, want: want},
		{name: "JSON in a string", body: `{"data":"{\"token\":\"TOKEN-1\",\"list\":\"[0,{\\\"name\\\":9007199254740993}]\",\"a/b~\":\"S\",}",}`,
			where: over(where, args{"attributes": args{"c": "/data/none"}}), want: want},
		{name: "XML", language: "xml", body: `<?xml version="1.0" encoding="GBK"?><r><data x="1"> <token>TOKEN-1</token><list><name>0</name></list>` +
			`<list><name>9007199254740993</name></list><a_b>S</a_b></data></r>`,
			where: over(where, args{"sensitive_attributes": args{"s": "/data/a_b"}}), want: want},
		{name: "form", language: "form", body: "token=TOKEN-1&scope=a+b", where: args{"token_at": "/token", "life": "1h", "attributes": args{"scope": "/scope"}},
			want: args{"token": "TOKEN-1", "attributes": args{"scope": "a b"}, "sensitive_attributes": none}},
		{name: "text", language: "text", body: "OK TOKEN-1\n", where: args{"token_at": `regex:^OK (\S+)`, "life": "1h", "attributes": args{"all": "body"}},
			want: args{"token": "TOKEN-1", "attributes": args{"all": "OK TOKEN-1"}, "sensitive_attributes": none}},
		{name: "header and cookie", language: "text", header: http.Header{"X-Token": {" TOKEN-1 "}, "Set-Cookie": {"a=b; Path=/", "SESSION=S; HttpOnly"}},
			where: args{"token_at": "header:x-token", "life": "1h", "sensitive_attributes": args{"s": "cookie:SESSION", "none": "cookie:s"}},
			want:  args{"token": "TOKEN-1", "attributes": none, "sensitive_attributes": args{"s": "S", "none": ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			acquire := args{"json": "{}", "credential": c.where}
			if c.language != "" {
				acquire["answer"] = c.language
			}
			got, _, err := perform(t, &vendor{body: c.body, header: c.header}, sdk.OpAcquire, over(plain, args{"acquire": nil}, args{"acquire": acquire}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, members(t, got.Value)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLife(t *testing.T) {
	date := http.Header{"Date": {"Sun, 01 Mar 2026 11:00:00 GMT"}} // the vendor's clock is an hour slow
	for _, c := range []struct {
		name   string
		where  args
		body   string
		header http.Header
		want   time.Duration // 0: malformed_answer; negative: never expires
	}{
		{"seconds", args{"lifetime_at": "/e"}, `{"e":3600}`, nil, time.Hour},
		{"as text", args{"lifetime_at": "/e"}, `{"e":"3600.0"}`, nil, time.Hour},
		{"milliseconds", args{"lifetime_at": "/e", "lifetime_unit": "ms"}, `{"e":1500}`, nil, 1500 * time.Millisecond},
		{"days", args{"lifetime_at": "/e", "lifetime_unit": "d"}, `{"e":87}`, nil, 87 * 24 * time.Hour},
		{"bounded", args{"lifetime_at": "/e", "lifetime_unit": "d", "max_life": "30d"}, `{"e":87}`, nil, 30 * 24 * time.Hour},
		{"huge", args{"lifetime_at": "/e", "lifetime_unit": "d"}, `{"e":1e300}`, nil, sdk.Forever - 1},
		{"missing", args{"lifetime_at": "/e"}, `{}`, nil, 0},
		{"missing, and said", args{"lifetime_at": "/e", "life": "2h"}, `{}`, nil, 2 * time.Hour},
		{"negative, and said", args{"lifetime_at": "/e", "life": "forever"}, `{"e":-1}`, nil, -1},
		{"words", args{"lifetime_at": "/e", "life": "2h"}, `{"e":"soon"}`, nil, 0},
		{"until, without a date", args{"expires_at": "/e"}, `{"e":1772370000}`, nil, time.Hour - 5*time.Millisecond},
		{"until, by the vendor's clock", args{"expires_at": "/e"}, `{"e":1772370000}`, date, 2*time.Hour - time.Second},
		{"until, in milliseconds", args{"expires_at": "/e", "expires_format": "unix_ms"}, `{"e":1772370000005}`, nil, time.Hour},
		{"until, by RFC 3339", args{"expires_at": "/e", "expires_format": "rfc3339"}, `{"e":"2026-03-01T21:00:00.005+08:00"}`, nil, time.Hour},
		{"until, by a pattern", args{"expires_at": "/e", "expires_format": "yyyy-MM-dd HH:mm:ss"}, `{"e":"2026-03-01 21:00:01"}`, nil, time.Hour + 995*time.Millisecond},
		{"until, by a header", args{"expires_at": "header:Expires", "expires_format": "http"}, `{}`, http.Header{"Expires": {"Sun, 01 Mar 2026 13:00:01 GMT"}}, time.Hour + 995*time.Millisecond},
		{"until a moment that has passed", args{"expires_at": "/e", "life": "2h"}, `{"e":1772366399}`, nil, 0},
		{"until nothing, and said", args{"expires_at": "/e", "life": "2h"}, `{"e":0}`, nil, 2 * time.Hour},
		{"until words", args{"expires_at": "/e", "life": "2h"}, `{"e":"tomorrow"}`, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := over(plain, args{"zone": "Asia/Shanghai", "acquire": nil}, args{"acquire": args{"credential": over(c.where, args{"token_at": "header:T"})}})
			header := http.Header{"T": {"TOKEN-1"}}
			for name, value := range c.header {
				header[name] = value
			}
			got, _, err := perform(t, &vendor{body: c.body, header: header}, sdk.OpAcquire, config)
			switch {
			case c.want == 0:
				if sdk.ClassOf(err) != sdk.MalformedAnswer {
					t.Errorf("ended with %v and a life of %s, want malformed_answer", err, got.Life)
				}
			case err != nil || got.Eternal != (c.want < 0) || c.want > 0 && got.Life != c.want:
				t.Errorf("ended with %v and a life of %s (for ever: %v), want %s", err, got.Life, got.Eternal, c.want)
			}
		})
	}
}

// judged is a configuration whose answers are judged.
var judged = over(plain, args{"acquire": args{
	"message": "/msg",
	"success": []args{{"at": "/code", "one_of": []string{"0", "00*"}}},
	"failure": []args{
		{"at": "/code", "one_of": []string{"7"}, "class": "invalid_credentials"},
		{"at": "/code", "one_of": []string{"9*"}, "class": "rate_limited", "retry_after_at": "/wait"},
		{"status": []int{403}, "class": "locked_out", "retry_after": "10m"},
		{"at": "body", "match": "(?i)maintenance", "class": "unavailable"},
		{"at": "header:X-Captcha", "class": "interaction_required"},
	},
}})

func TestJudgement(t *testing.T) {
	for _, c := range []struct {
		name, body string
		status     int
		header     http.Header
		want       string // "": it is a success
		retry      time.Duration
	}{
		{name: "success", body: `{"code":0,"token":"T-123456"}`},
		{name: "success by its beginning", body: `{"code":"0000","token":"T-123456"}`},
		{name: "a code that is known", body: `{"code":7,"msg":"wrong\nSECRET-key"}`, want: "invalid_credentials: the vendor answered error 7: wrong (sensitive)"},
		{name: "a code by its beginning", body: `{"code":"912","wait":"30"}`, want: "rate_limited: the vendor answered error 912", retry: 30 * time.Second},
		{name: "a status", body: `<html>`, status: 403, want: "locked_out: the vendor answered HTTP 403", retry: 10 * time.Minute},
		{name: "a pattern", body: `We are in MAINTENANCE`, want: "unavailable: the vendor refused it"},
		{name: "a header", body: `{}`, header: http.Header{"X-Captcha": {"1"}}, want: "interaction_required: the vendor refused it"},
		{name: "a code that nobody knows", body: `{"code":5,"msg":"hm"}`, want: "unsupported: the vendor answered error 5, which no failure block knows: hm"},
		{name: "no code", body: `{"token":"T"}`, want: "malformed_answer: the answer holds nothing at /code, where success is to be read"},
		{name: "a page", body: `<html>`, want: "malformed_answer: the vendor's answer is not JSON but an HTML page"},
		{name: "a usual status", status: 503, header: http.Header{"Retry-After": {"7"}}, want: "unavailable: the vendor answered HTTP 503 Service Unavailable", retry: 7 * time.Second},
		{name: "another", status: 404, body: `{"code":0,"token":"T-123456"}`, want: "invalid_request: the vendor answered HTTP 404 Not Found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := perform(t, &vendor{status: c.status, body: c.body, header: c.header}, sdk.OpAcquire, judged)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var f *sdk.Failure
			if !errors.As(err, &f) || f.Error() != c.want || f.RetryAfter != c.retry {
				t.Errorf("got  %v (again after %v)\nwant %s (again after %v)", err, f.RetryAfter, c.want, c.retry)
			}
		})
	}
}

// A status that success names is a success, whatever it usually means.
func TestStatusOfSuccess(t *testing.T) {
	config := over(plain, args{"acquire": args{"answer": "text", "success": []args{{"status": []int{302}}}, "credential": args{"token_at": "cookie:S"}}})
	got, _, err := perform(t, &vendor{status: 302, header: http.Header{"Set-Cookie": {"S=T-123456"}}}, sdk.OpAcquire, config)
	if err != nil || members(t, got.Value)["token"] != "T-123456" {
		t.Errorf("%v: %s", err, got.Value)
	}
	_, _, err = perform(t, &vendor{status: 200, header: http.Header{"Set-Cookie": {"S=T-123456"}}}, sdk.OpAcquire, config)
	if sdk.ClassOf(err) != sdk.MalformedAnswer {
		t.Errorf("ended with %v, want malformed_answer", err)
	}
}
