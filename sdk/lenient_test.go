package sdk

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestDecodeJSON(t *testing.T) {
	type inner struct{ A Text }
	type answer struct {
		Code Text
		N    Int
		Name string
		Data Lax[inner]
	}
	for _, c := range []struct {
		name, body, problem string
		want                answer
	}{
		{"plain", `{"code": 1, "n": "2", "name": "x", "data": {"a": true}}`, "", answer{"1", 2, "x", Lax[inner]{inner{"true"}, true}}},
		{"byte order mark", "\xef\xbb\xbf {\"code\": \"1\"}\n", "", answer{Code: "1"}},
		{"trailing commas", `{"code": "a,}", "list": [1, [2 , ] , ], "data": {"a": "\",]" , } ,}`, "", answer{Code: "a,}", Data: Lax[inner]{inner{`",]`}, true}}},
		{"repeated and unknown members", `{"x": {"y": []}, "code": 1, "code": 2}`, "", answer{Code: "2"}},
		{"object inside a string", `{"data": "{\"a\": 5,}"}`, "", answer{Data: Lax[inner]{inner{"5"}, true}}},
		{"list for none", `{"data": [ ]}`, "", answer{}},
		{"empty string for none", `{"data": " "}`, "", answer{}},
		{"words for none", `{"data": "no such user"}`, "", answer{}},
		{"empty list inside a string", `{"data": "[]"}`, "", answer{}},
		{"null for none", `{"data": null, "code": null}`, "", answer{}},
		{"bool for none", `{"data": false}`, "", answer{}},
		{"null", `null`, "", answer{}},
		{"empty object", `{"data": {}}`, "", answer{Data: Lax[inner]{Set: true}}},
		{"invalid UTF-8", "{\"name\": \"\xff\"}", "", answer{Name: "\uFFFD"}},

		{"empty", "", "empty", answer{}},
		{"white space", "\xef\xbb\xbf \n", "empty", answer{}},
		{"HTML", "\n<!DOCTYPE html><html><body>SECRET</body>", "not JSON but an HTML page", answer{}},
		{"HTML below a comment", "<!-- SECRET --><HTML>", "not JSON but an HTML page", answer{}},
		{"XML", `<?xml version="1.0"?><a>SECRET</a>`, "not JSON but HTML or XML", answer{}},
		{"words", "SECRET {service} unavailable", "not JSON", answer{}},
		{"cut in an object", `{"code": "SECRET"`, "JSON that is cut short", answer{}},
		{"cut in a string", `{"code": "SECRET`, "JSON that is cut short", answer{}},
		{"cut in an escape", `{"code": "SECRET\`, "JSON that is cut short", answer{}},
		{"cut in a word", `tru`, "not JSON", answer{}},
		{"cut inside a string", `{"data": "{\"a\": \"SECRET"}`, "JSON that is cut short", answer{}},
		{"two values", `{"code": 1} SECRET`, "not JSON", answer{}},
		{"comma alone", `{,}`, "not JSON", answer{}},
		{"two commas", `[1,,]`, "not JSON", answer{}},
		{"comma for a value", `{"code":,}`, "not JSON", answer{}},
		{"too many brackets", `{"code": 1}}`, "not JSON", answer{}},
		{"a list", `["SECRET"]`, "JSON, but of another kind than expected (array)", answer{}},
		{"a string", `"SECRET"`, "JSON, but of another kind than expected (string)", answer{}},
		{"number for a Go string", `{"name": 12345678}`, "JSON, but its member Name is of another kind than expected (number)", answer{}},
		{"object for text", `{"code": {"SECRET": 1}}`, "JSON, but with an object or a list where text was expected", answer{}},
		{"words for a number", `{"n": "SECRET"}`, "JSON, but with something that is no number where a number was expected", answer{}},
		{"list for an object", `{"data": ["SECRET"]}`, "JSON, but with a list where an object was expected", answer{}},
		{"deep", strings.Repeat("[", 101) + strings.Repeat("]", 101), "JSON that nests too deep", answer{}},
		{"very deep", strings.Repeat(`{"a":`, 200000), "JSON that nests too deep", answer{}},
		{"deep inside a string", `{"data": "{\"a\":` + strings.Repeat("[", 101) + `"}`, "JSON that nests too deep", answer{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got answer
			err := decodeJSON([]byte(c.body), &got)
			if c.problem == "" && (err != nil || got != c.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
			if c.problem != "" && (err == nil || err.Error() != c.problem) {
				t.Errorf("got %v, want %s", err, c.problem)
			}
		})
	}
}

func TestLaxList(t *testing.T) {
	var got struct{ Data Lax[[]Int] }
	if err := decodeJSON([]byte(`{"data": "[1, \"2\",]"}`), &got); err != nil || !got.Data.Set || !reflect.DeepEqual(got.Data.V, []Int{1, 2}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// FuzzDecodeJSON holds that an answer never crashes the decoder, that JSON proper means what package json says it means, that commas
// before closing brackets change nothing, and that no error quotes the answer.
func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{`{"code":0,"data":{"ticket":"a","list":[1,2,]},}`, `[[],{}]`, "\xef\xbb\xbf{}", `"{\"a\":1}"`, `<html>`, `{"a":"\",}`, `[,]`, `1e9`, `nul`, `{"name":1}`, `{"name":[{}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var answer struct {
			Code Text
			N    Int
			Name string
			Data Lax[struct{ A, B Text }]
		}
		if err := decodeJSON(body, &answer); err != nil {
			noQuote(t, err, body)
		}
		var got, want any
		err := decodeJSON(body, &got)
		if json.Unmarshal(withoutMark(body), &want) == nil && (err == nil && !reflect.DeepEqual(got, want) || err != nil && err.Error() != errDeep.Error()) {
			t.Errorf("%q: got %v, %v; want %v", body, got, err, want)
		}
		if err != nil {
			return
		}
		tidy, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var again any
		if err := decodeJSON(withCommas(tidy), &again); err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%s with commas: got %v, %v; want %v", tidy, again, err, got)
		}
	})
}

// withCommas puts a comma before each closing bracket that something stands before.
func withCommas(tidy []byte) []byte {
	var out []byte
	inString := false
	for i, c := range tidy {
		if c == '"' && (i == 0 || !escaped(tidy[:i])) {
			inString = !inString
		}
		if last := tidy[max(0, i-1)]; !inString && (c == '}' || c == ']') && last != '{' && last != '[' {
			out = append(out, ", "...)
		}
		out = append(out, c)
	}
	return out
}

func escaped(before []byte) bool {
	n := 0
	for i := len(before) - 1; i >= 0 && before[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// noQuote fails where err is not one of the sentences that decodeJSON has.
func noQuote(t *testing.T, err error, body []byte) {
	t.Helper()
	text := err.Error()
	for _, known := range []error{errDeep, errCutShort, errNotJSON} {
		if text == known.Error() {
			return
		}
	}
	for _, known := range []string{"empty", "not JSON but an HTML page", "not JSON but HTML or XML", "JSON, but not as expected",
		"JSON, but with an object or a list where text was expected", "JSON, but with something that is no number where a number was expected",
		"JSON, but with a list where an object was expected"} {
		if text == known {
			return
		}
	}
	for _, place := range []string{"of another kind than expected (", "its member Name is of another kind than expected ("} {
		for _, kind := range []string{"array", "string", "number", "bool", "object"} {
			if text == "JSON, but "+place+kind+")" {
				return
			}
		}
	}
	t.Errorf("%q: %s", body, text)
}
