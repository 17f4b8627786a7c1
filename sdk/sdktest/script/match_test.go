package script

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatch(t *testing.T) {
	const multi = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"
	insert := strings.NewReplacer("$config.user", "kim", "$config.port", "8260", "$held.token", "T K", "$held.refresh", "R").Replace
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
			[]string{`body.a is  (a string), want the string "$any"`, "body.k is no list of 1", "body.l[0] is 2 (a number), want 1 (a number)", "body.m is missing", "body.n is 1 (a string), want 1 (a number)",
				"body.o is no object", `body.s is 1 (a number), want the string "1"`, "body.x is not expected"}},
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
		if diff := cmp.Diff(c.wrong, c.want.Match(req, []byte(c.body), insert)); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}
