package trace

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/internal/exchange"
	"github.com/authrun/authrun/sdk"
)

// schema is that of a vendor with a secret of each kind.
var schema = sdk.Description{Vendor: "acme", Config: sdk.Block{
	Attributes: []sdk.Attribute{{Name: "base_url", Endpoint: true}, {Name: "user"}, {Name: "port"}, {Name: "password", Sensitive: true}, {Name: "pin", Sensitive: true}},
	Blocks:     []sdk.Nested{{Name: "device", Block: sdk.Block{Attributes: []sdk.Attribute{{Name: "name"}, {Name: "serial", Sensitive: true}}}}},
}, Credential: sdk.Block{Attributes: []sdk.Attribute{{Name: "seat"}, {Name: "company"}, {Name: "refresh", Private: true}}}}

const config = `{"base_url": "https://acme.example/gate", "user": "kim", "port": 8260, "password": "open sesame", "pin": 4711,
	"device": [{"name": "desk", "serial": "S-1"}], "unset": null}`

// operation is an acquire that asked by one request and was given one answer.
func operation(seen exchange.Seen) Operation {
	return Operation{Address: "auth.acme.x", Schema: schema, Operation: sdk.OpAcquire, Config: json.RawMessage(config), Exchanges: []exchange.Seen{seen},
		Secret: func(text string) bool {
			return strings.Contains(text, "open sesame") || strings.Contains(text, "learned-hash")
		}}
}

func TestMask(t *testing.T) {
	m := operation(exchange.Seen{}).mask()
	for in, want := range map[string]string{
		// texts
		"kim": "kim", "desk": "desk", "gate": "gate", "8260": "8260", "S-1": "<3 characters>", "other": "<5 characters>", "": "", "4711": "<4 digits>",
		"4712": "4712", "123456": "<6 digits>", "open sesame": "<11 characters>", "a learned-hash": "<14 characters>", "é中": "<2 characters>",
		// words of interfaces
		"success": "success", "invalid_grant": "invalid_grant", "getAccessToken": "getAccessToken", "App.Sip_Auth.Login": "App.Sip_Auth.Login",
		"application/json; charset=utf-8": "application/json; charset=utf-8", "v0.0.1": "v0.0.1", "invalid username or password": "<28 characters>",
		"grant-kim": "<9 characters>", "success1234": "<11 characters>", "12.34": "<5 characters>", "token\x00": "<6 characters>",
		// JSON in a text
		`{"user": "kim", "n": 1, "x": "y", "token": "ok"}`: `{"n":1,"token":"<2 characters>","user":"kim","x":"<1 character>"}`,
		`{broken`: "<7 characters>",
	} {
		if got := m.inside(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]any{
		"0": json.Number("0"), "-2.5e3": json.Number("-2.5e3"), "1790848800000": json.Number("1790848800000"), "4711": "<4 digits>",
		"8141592653589793": "<16 digits>", "1e99999": json.Number("1e99999"),
	} {
		if got := m.number(json.Number(in)); got != want {
			t.Errorf("%s: got %v, want %v", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"access_token": "access_token", "X-Request-Id": "X-Request-Id", "data[0]": "data[0]", "名称": "名称", "open sesame": "<11 characters>", "": "",
		"0123456789abcdef": "<16 characters>", "a/b": "<3 characters>", strings.Repeat("n", 41): "<41 characters>", "n4711x": "n4711x", "4711": "<4 digits>",
	} {
		if got := m.name(in); got != want {
			t.Errorf("name %q: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"Bearer abcdef": "Bearer <6 characters>", "Basic b3BlbiBzZXNhbWU=": "Basic <16 characters>", "Sun, 01 Mar 2026 08:00:00 GMT": "Sun, 01 Mar 2026 08:00:00 GMT",
		"sid=abc; Path=/; HttpOnly": "<7 characters>; Path=/; HttpOnly", "30": "30", "multipart/form-data; boundary=x1y2": "multipart/form-data; <13 characters>",
		"open sesame": "<11 characters>", "Bearer 4711": "Bearer <4 digits>",
	} {
		if got := m.header(in); got != want {
			t.Errorf("header %q: got %q, want %q", in, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	address, err := url.Parse("https://acme.example/gate/login/abcdef?user=kim&ticket=abcdef&user=two")
	if err != nil {
		t.Fatal(err)
	}
	o := operation(exchange.Seen{Method: "POST", URL: address, Header: http.Header{"Content-Type": {"application/json"}, "Content-Length": {"9"}},
		Body:   []byte(`{"user": "kim", "password": "learned-hash", "pin": 4711, "force": true, "n": [1, null]}`),
		Status: 200, AnswerHeader: http.Header{"Content-Type": {"application/json"}}, Answer: []byte("\xef\xbb\xbf{\"code\": \"0\", \"ticket\": \"T-1\", \"seat\": 12,}"),
		Began: at, Took: 212 * time.Millisecond})
	o.Began, o.Took = at, time.Second
	o.Result = sdk.Result{Value: json.RawMessage(`{"token": "T-1", "seat": 12, "company": "kim"}`), Private: json.RawMessage(`{"refresh": "R-1"}`), Life: 90 * time.Minute}
	want := `{"vendor":"acme","address":"auth.acme.x","time":"2026-03-01T08:00:00Z","took_ms":1000,"operation":"acquire",` +
		`"config":{"base_url":"https://acme.example/gate","device":[{"name":"desk","serial":"<3 characters>"}],"password":"<11 characters>","pin":"<4 digits>","port":8260,"user":"kim"},` +
		`"exchanges":[{"request":{"method":"POST","origin":"https://acme.example","path":"/gate/login/<6 characters>","query":{"ticket":"<6 characters>","user":"kim"},` +
		`"headers":{"Content-Type":"application/json"},"json":{"force":true,"n":[1,null],"password":"<12 characters>","pin":"<4 digits>","user":"kim"}},` +
		`"answer":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"code":"0","seat":12,"ticket":"<3 characters>"}},"time":"2026-03-01T08:00:00Z","took_ms":212}],` +
		`"value":{"company":"kim","refresh":"<3 characters>","seat":12,"token":"<3 characters>"},"life":"1h30m0s"}` + "\n"
	if diff := cmp.Diff(want, string(o.Line())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What a plugin or a vendor can put where a name stands in HTTP is not shown either.
func TestOddPlaces(t *testing.T) {
	address, err := url.Parse("https://elsewhere.example/x")
	if err != nil {
		t.Fatal(err)
	}
	o := operation(exchange.Seen{Method: "STOLEN", URL: address, Body: []byte("plain words"), Lost: sdk.InvalidRequest})
	o.Failure = &sdk.Failure{Class: "stolen words", RetryAfter: 7 * time.Second}
	line := string(o.Line())
	for _, secret := range []string{"STOLEN", "elsewhere", "words", "stolen"} {
		if strings.Contains(line, secret) {
			t.Errorf("%q is in %s", secret, line)
		}
	}
	for _, shown := range []string{`"class":"unsupported"`, `"retry_after":"7s"`, `"lost":"invalid_request"`, `"body":"<11 characters>"`} {
		if !strings.Contains(line, shown) {
			t.Errorf("%s is not in %s", shown, line)
		}
	}
	o.Unfinished = "canceled"
	if line := string(o.Line()); !strings.Contains(line, `"unfinished":"canceled"`) || strings.Contains(line, `"class"`) {
		t.Errorf("unfinished: %s", line)
	}
}

func TestXML(t *testing.T) {
	m := operation(exchange.Seen{}).mask()
	for in, want := range map[string]string{
		`<?xml version="1.0" encoding="UTF-8"?><xml><status>Success</status><token>ok</token><!-- secret --><n>12</n></xml>`: `<?xml version="1.0" encoding="UTF-8"?>` +
			"\n<xml><status>Success</status><token><2 characters></token><n>12</n></xml>",
		`<a b="kim" token="x">other &amp; more<c/></a>`: `<a b="kim" token="<1 character>"><12 characters><c></c></a>`,
		`<a><b></a>`:         "<10 characters>",
		`<html><p>words</p>`: "<18 characters>",
		`words`:              "<5 characters>",
	} {
		if got := m.document([]byte(in)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// FuzzLine puts a secret anywhere into what is said, and looks for it.
func FuzzLine(f *testing.F) {
	for _, template := range []string{`{"a": "SECRET"}`, `{"SECRET": 1}`, `[SECRET]`, `<SECRET>x</SECRET>`, `<a SECRET="SECRET">SECRET</a>`, "SECRET", `{"a": "{\"b\": \"SECRET\"}"}`,
		`{"a": "success SECRET"}`, `{"token": SECRET,}`} {
		f.Add("sesame-4711-xyz", template)
		f.Add("918273645546372", template)
	}
	f.Fuzz(func(t *testing.T, secret, template string) {
		quoted, err := json.Marshal(secret)
		if err != nil || len(secret) < 6 {
			t.Skip()
		}
		forms := []string{secret, strings.Trim(string(quoted), `"`), url.QueryEscape(secret), url.PathEscape(secret)}
		line := func(secret string, forms []string) string {
			said := func(form string) string { return strings.ReplaceAll(template, "SECRET", form) }
			o := operation(exchange.Seen{})
			o.Exchanges, o.Secret = nil, func(text string) bool { return strings.Contains(text, secret) }
			for _, form := range forms {
				o.Exchanges = append(o.Exchanges, exchange.Seen{Method: "POST", URL: &url.URL{Scheme: "https", Host: "acme.example", Path: "/" + said(form), RawQuery: said(forms[2])},
					Header: http.Header{"Content-Type": {"application/json"}, "X-A": {said(form)}}, Body: []byte(said(form)), Status: 200,
					AnswerHeader: http.Header{"X-B": {said(form)}}, Answer: []byte(said(form))})
			}
			return string(o.Line())
		}
		with, without := line(secret, forms), line("\x00\x01\x02", []string{"", "", "", ""})
		for _, form := range forms {
			if strings.Contains(with, form) && !strings.Contains(without, form) && !strings.Contains(template, form) {
				t.Errorf("%q is in %s", form, with)
			}
		}
	})
}
