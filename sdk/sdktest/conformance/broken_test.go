package conformance

import (
	"bytes"
	"testing"

	"github.com/authrun/authrun/sdk/sdktest/script"
)

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
		resp, err, ok := withoutToken(c.instead)(script.Answer{Body: script.Body(c.good)}, "T.1")
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
