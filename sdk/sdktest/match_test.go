package sdktest

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

func TestMatch(t *testing.T) {
	const multi = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"
	fill := filler(map[string]any{"user": "kim", "port": 8260, "gone": nil}, &sdk.Held{Value: []byte(`{"token": "T K"}`), Private: []byte(`{"refresh": "R"}`)})
	for _, c := range []struct {
		name string
		want Request
		// the request
		method, address, contentType, body string
		wrong                              []string
	}{
		{"plain", Request{Method: "GET", Path: "/a b"}, "GET", "https://v.example/a%20b", "", "", nil},
		{"method and path", Request{Method: "GET", Path: "/a"}, "POST", "https://v.example/b", "", "", []string{"the method is POST, want GET", `the path is "/b", want "/a"`}},
		{"query", Request{Method: "GET", Path: "/", Query: map[string]string{"t": "$held.token", "r": "$held.refresh", "x": "$any"}},
			"GET", "https://v.example/?t=T+K&r=R&x=1", "", "", nil},
		{"wrong query", Request{Method: "GET", Path: "/", Query: map[string]string{"t": "$config.user", "x": "$any", "two": "1"}},
			"GET", "https://v.example/?t=tom&x=&y=1&two=1&two=1", "", "",
			[]string{`query parameter t is ["tom"], want "kim"`, `query parameter two is ["1" "1"], want "1"`, `query parameter x is [""], want "$any"`, "query parameter y is not expected"}},
		{"header", Request{Method: "GET", Path: "/", Headers: map[string]string{"Content-Type": "text/plain", "Accept": "$any"}}, "GET", "https://v.example/", "text/plain", "",
			[]string{`header Accept is "", want "$any"`}},
		{"form", Request{Method: "POST", Path: "/", Form: map[string]string{"a": "1", "u": "$config.user-$config.port"}},
			"POST", "https://v.example/", "application/x-www-form-urlencoded", "u=kim-8260&a=1", nil},
		{"multipart", Request{Method: "POST", Path: "/", Form: map[string]string{"a": "1"}}, "POST", "https://v.example/", "multipart/form-data; boundary=b", multi, nil},
		{"cut multipart", Request{Method: "POST", Path: "/", Form: map[string]string{"a": "1"}}, "POST", "https://v.example/", "multipart/form-data; boundary=b", multi[:len(multi)-8],
			[]string{"the body is not a form: unexpected EOF"}},
		{"no form", Request{Method: "POST", Path: "/", Form: map[string]string{"a": "1"}}, "POST", "https://v.example/", "application/json", "{}",
			[]string{"the body is not a form: its type is application/json"}},
		{"JSON", Request{Method: "POST", Path: "/", JSON: map[string]any{"n": 1, "s": "$held.token", "l": []any{true, nil, "$any"}, "o": map[string]any{}}},
			"POST", "https://v.example/", "application/json; charset=utf-8", `{"o": {}, "l": [true, null, 5], "s": "T K", "n": 1}`, nil},
		{"wrong JSON", Request{Method: "POST", Path: "/", JSON: map[string]any{"n": 1, "s": "1", "m": 1, "l": []any{1}, "o": map[string]any{}, "k": []any{1}, "a": "$any"}},
			"POST", "https://v.example/", "application/json", `{"n": "1", "s": 1, "l": [2], "o": 1, "k": [], "x": 1, "a": ""}`,
			[]string{`body.a is  (string), want the string "$any"`, "body.k is no list of 1", "body.l[0] is 2 (json.Number), want 1 (json.Number)", "body.m is missing", "body.n is 1 (string), want 1 (json.Number)",
				"body.o is no object", `body.s is 1 (json.Number), want the string "1"`, "body.x is not expected"}},
		{"JSON of another type", Request{Method: "POST", Path: "/", JSON: 1}, "POST", "https://v.example/", "text/plain", "1", []string{`the body's type is "text/plain", want application/json`}},
		{"two JSON values", Request{Method: "POST", Path: "/", JSON: 1}, "POST", "https://v.example/", "application/json", "1 1", []string{"the body is not JSON"}},
		{"text", Request{Method: "POST", Path: "/", Body: "<t>$held.token$config.gone$config.nobody</t>"}, "POST", "https://v.example/", "", "\n<t>T K$config.gone$config.nobody</t>", nil},
		{"a body too many", Request{Method: "POST", Path: "/"}, "POST", "https://v.example/", "", "x", []string{`the body is "x", want ""`}},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, c.address, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if c.contentType != "" {
			req.Header.Set("Content-Type", c.contentType)
		}
		if diff := cmp.Diff(c.wrong, c.want.match(req, []byte(c.body), fill)); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

func TestWithoutToken(t *testing.T) {
	for _, c := range []struct{ instead, good, want string }{
		{"${1}no_${2}${3}${4}", `{"a": {"tok" : "T.1"}, "b": "T.1"}`, `{"a": {"no_tok" : "T.1"}, "no_b": "T.1"}`},
		{"${1}${2}${3}null", `{"a": {"tok" : "T.1"}}`, `{"a": {"tok" : null}}`},
		{"${1}${2}${3}${5}${5}", `{"a": {"tok" : "T.1"}}`, `{"a": {"tok" : ""}}`},
		{"${1}${2}${3}${5}${5}", `{"data": "{\"tok\": \"T.1\"}"}`, `{"data": "{\"tok\": \"\"}"}`},
		{"${1}${2}${3}null", `<x><tok>T.1</tok></x>`, `<x><tok></tok></x>`},
		{"${1}${2}${3}null", `{"a": "x T.1"}`, ""},
		{"${1}${2}${3}null", `{"a": "T11"}`, ""},
	} {
		resp, err, ok := withoutToken(c.instead)(Answer{Body: Body(c.good)}, "T.1")
		got := ""
		if ok {
			var b bytes.Buffer
			if _, err := b.ReadFrom(resp.Body); err != nil {
				t.Fatal(err)
			}
			got = b.String()
		}
		if got != c.want || err != nil {
			t.Errorf("%s: got %s, %v; want %s", c.good, got, err, c.want)
		}
	}
}

func TestQuoteNumbers(t *testing.T) {
	for good, want := range map[string]string{
		`{"a":1,"b": -2.5e3 ,"c":[1,{"d":4}]}`: `{"a":"1","b": "-2.5e3" ,"c":[1,{"d":"4"}]}`,
		`{"a:1":"b:2","c\":3":true,"e":null}`:  `{"a:1":"b:2","c\":3":true,"e":null}`,
		`{"e":"",  "f" : 0}`:                   `{"e":"",  "f" : "0"}`,
	} {
		if got := quoteNumbers(good); got != want {
			t.Errorf("%s: got %s, want %s", good, got, want)
		}
	}
}
