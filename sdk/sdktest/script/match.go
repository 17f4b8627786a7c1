package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// anything is the expected value that every value but none satisfies.
const anything = "$any"

// Any tells whether every request is as expected.
func (want Request) Any() bool { return want.Method == "" }

// Match says in what a request with that body is not as expected; nothing: it is. Insert puts values into an expected text: those of
// "$config.NAME" and "$held.NAME".
func (want Request) Match(req *http.Request, body []byte, insert func(string) string) (wrong []string) {
	if want.Any() {
		return nil
	}
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if req.Method != want.Method {
		add("the method is %s, want %s", req.Method, want.Method)
	}
	if origin := req.URL.Scheme + "://" + req.URL.Host; want.Origin != "" && !fits(insert(want.Origin), origin) {
		add("it goes to %q, want %q", origin, insert(want.Origin))
	}
	if path := insert(want.Path); !fits(path, req.URL.Path) {
		add("the path is %q, want %q", req.URL.Path, path)
	}
	query, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		add("the query cannot be read")
	}
	wrong = append(wrong, matchPairs("query parameter", want.Query, query, insert)...)
	for name, value := range want.Headers {
		if got := req.Header.Get(name); !satisfies(insert(value), got) {
			add("header %s is %q, want %q", name, got, insert(value))
		}
	}
	switch {
	case want.Form != nil:
		form, err := ReadForm(req.Header.Get("Content-Type"), body)
		if err != nil {
			add("the body is not a form: %v", err)
			break
		}
		wrong = append(wrong, matchPairs("form field", want.Form, form, insert)...)
	case want.JSON != nil:
		wrong = append(wrong, matchJSON(req.Header.Get("Content-Type"), want.JSON, body, insert)...)
	default:
		if got, text := strings.TrimSpace(string(body)), strings.TrimSpace(insert(want.Body)); !fits(text, got) {
			add("the body is %q, want %q", got, text)
		}
	}
	return wrong
}

// satisfies tells whether got is the expected text.
func satisfies(want, got string) bool { return fits(want, got) || want == anything && got != "" }

// matchPairs compares query parameters or form fields.
func matchPairs(what string, want map[string]string, got url.Values, insert func(string) string) (wrong []string) {
	for name, value := range want {
		name, _ = meant(name, got)
		if value = insert(value); len(got[name]) != 1 || !satisfies(value, got.Get(name)) {
			wrong = append(wrong, fmt.Sprintf("%s %s is %q, want %q", what, name, got[name], value))
		}
	}
	for name := range got {
		if !expected(want, name) {
			wrong = append(wrong, fmt.Sprintf("%s %s is not expected", what, name))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// meant is the name among members that an expected name stands for: the same one, or one that fits a placeholder.
func meant[V any](name string, members map[string]V) (found string, ok bool) {
	if _, ok := members[name]; ok {
		return name, true
	}
	for other := range members {
		if fits(name, other) {
			return other, true
		}
	}
	return name, false
}

// expected tells whether an expected name stands for that one.
func expected[V any](want map[string]V, name string) bool {
	if _, ok := want[name]; ok {
		return true
	}
	for other := range want {
		if fits(other, name) {
			return true
		}
	}
	return false
}

// ReadForm reads an urlencoded or multipart form.
func ReadForm(contentType string, body []byte) (url.Values, error) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return nil, err
	case kind == "application/x-www-form-urlencoded":
		return url.ParseQuery(string(body))
	case kind != "multipart/form-data":
		return nil, fmt.Errorf("its type is %s", kind)
	}
	form := url.Values{}
	for parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]); ; {
		part, err := parts.NextPart()
		if err == io.EOF {
			return form, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		form.Add(part.FormName(), string(value))
	}
}

// matchJSON compares a JSON body.
func matchJSON(contentType string, want any, body []byte, insert func(string) string) []string {
	if kind, _, err := mime.ParseMediaType(contentType); err != nil || kind != "application/json" {
		return []string{fmt.Sprintf("the body's type is %q, want application/json", contentType)}
	}
	got, err := ParseJSON(body)
	if err != nil {
		return []string{"the body is not JSON"}
	}
	text, err := json.Marshal(want)
	if err != nil {
		return []string{fmt.Sprintf("the script's body cannot be written as JSON: %v", err)}
	}
	if want, err = ParseJSON(text); err != nil {
		return []string{fmt.Sprintf("the script's body cannot be read as JSON: %v", err)}
	}
	return Compare("body", want, got, insert)
}

// Compare says in what a value at a place is not as expected; both are as [ParseJSON] reads them. Insert is as for [Request.Match].
func Compare(at string, want, got any, insert func(string) string) (wrong []string) {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is no object", at)}
		}
		for name, value := range want {
			found, ok := meant(name, object)
			if !ok {
				wrong = append(wrong, fmt.Sprintf("%s.%s is missing", at, name))
				continue
			}
			wrong = append(wrong, Compare(at+"."+name, value, object[found], insert)...)
		}
		for name := range object {
			if !expected(want, name) {
				wrong = append(wrong, fmt.Sprintf("%s.%s is not expected", at, name))
			}
		}
		slices.Sort(wrong)
		return wrong
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return []string{fmt.Sprintf("%s is no list of %d", at, len(want))}
		}
		for i := range want {
			wrong = append(wrong, Compare(fmt.Sprintf("%s[%d]", at, i), want[i], list[i], insert)...)
		}
		return wrong
	case string:
		if want == anything && got != nil && got != "" {
			return nil
		}
		text, ok := got.(string)
		if number, is := got.(json.Number); is && placeholder().FindString(want) == want {
			text, ok = number.String(), true // a number that is not shown
		}
		if ok && fits(insert(want), text) {
			return nil
		}
		return []string{fmt.Sprintf("%s is %v (%s), want the string %q", at, got, kind(got), insert(want))}
	}
	if want != got {
		return []string{fmt.Sprintf("%s is %v (%s), want %v (%s)", at, got, kind(got), want, kind(want))}
	}
	return nil
}

// kind is JSON's word for the kind of a value.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case []any:
		return "a list"
	}
	return "an object"
}

// ParseJSON reads a value whose numbers keep their digits.
func ParseJSON(raw []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err = d.Decode(&v); err == nil && d.More() {
		err = fmt.Errorf("more than one value")
	}
	return v, err
}
