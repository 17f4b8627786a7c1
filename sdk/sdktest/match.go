package sdktest

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

// match says in what a request is not as expected. Fill replaces the placeholders in an expected text.
func (want Request) match(req *http.Request, body []byte, fill func(string) string) (wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if req.Method != want.Method {
		add("the method is %s, want %s", req.Method, want.Method)
	}
	if path := fill(want.Path); req.URL.Path != path {
		add("the path is %q, want %q", req.URL.Path, path)
	}
	query, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		add("the query cannot be read")
	}
	wrong = append(wrong, matchPairs("query parameter", want.Query, query, fill)...)
	for name, value := range want.Headers {
		if got := req.Header.Get(name); !satisfies(fill(value), got) {
			add("header %s is %q, want %q", name, got, fill(value))
		}
	}
	switch {
	case want.Form != nil:
		form, err := readForm(req.Header.Get("Content-Type"), body)
		if err != nil {
			add("the body is not a form: %v", err)
			break
		}
		wrong = append(wrong, matchPairs("form field", want.Form, form, fill)...)
	case want.JSON != nil:
		wrong = append(wrong, matchJSON(req.Header.Get("Content-Type"), want.JSON, body, fill)...)
	default:
		if got, text := strings.TrimSpace(string(body)), strings.TrimSpace(fill(want.Body)); got != text {
			add("the body is %q, want %q", got, text)
		}
	}
	return wrong
}

// satisfies tells whether got is the expected text.
func satisfies(want, got string) bool { return want == got || want == anything && got != "" }

// matchPairs compares query parameters or form fields.
func matchPairs(what string, want map[string]string, got url.Values, fill func(string) string) (wrong []string) {
	for name, value := range want {
		if value = fill(value); len(got[name]) != 1 || !satisfies(value, got.Get(name)) {
			wrong = append(wrong, fmt.Sprintf("%s %s is %q, want %q", what, name, got[name], value))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s %s is not expected", what, name))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// readForm reads an urlencoded or multipart form.
func readForm(contentType string, body []byte) (url.Values, error) {
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
func matchJSON(contentType string, want any, body []byte, fill func(string) string) []string {
	if kind, _, err := mime.ParseMediaType(contentType); err != nil || kind != "application/json" {
		return []string{fmt.Sprintf("the body's type is %q, want application/json", contentType)}
	}
	got, err := parseJSON(body)
	if err != nil {
		return []string{"the body is not JSON"}
	}
	text, err := json.Marshal(want)
	if err != nil {
		return []string{fmt.Sprintf("the script's body cannot be written as JSON: %v", err)}
	}
	if want, err = parseJSON(text); err != nil {
		return []string{fmt.Sprintf("the script's body cannot be read as JSON: %v", err)}
	}
	return compareJSON("body", want, got, fill)
}

// compareJSON compares two values that parseJSON read.
func compareJSON(at string, want, got any, fill func(string) string) (wrong []string) {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is no object", at)}
		}
		for name, value := range want {
			member, ok := object[name]
			if !ok {
				wrong = append(wrong, fmt.Sprintf("%s.%s is missing", at, name))
				continue
			}
			wrong = append(wrong, compareJSON(at+"."+name, value, member, fill)...)
		}
		for name := range object {
			if _, ok := want[name]; !ok {
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
			wrong = append(wrong, compareJSON(fmt.Sprintf("%s[%d]", at, i), want[i], list[i], fill)...)
		}
		return wrong
	case string:
		if want == anything && got != nil && got != "" {
			return nil
		}
		if text, ok := got.(string); ok && text == fill(want) {
			return nil
		}
		return []string{fmt.Sprintf("%s is %v (%T), want the string %q", at, got, got, fill(want))}
	}
	if want != got {
		return []string{fmt.Sprintf("%s is %v (%T), want %v (%T)", at, got, got, want, want)}
	}
	return nil
}

// parseJSON reads a value whose numbers keep their digits.
func parseJSON(raw []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err = d.Decode(&v); err == nil && d.More() {
		err = fmt.Errorf("more than one value")
	}
	return v, err
}
