package placement

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/authrun/authrun/sdk"
)

const credential = `{"token":"tok&en","company":42,"live":true,"none":null,"list":[1],"attributes":{"team":"blue","a.b":"dotted","deep":{"er":7}}}`

// bodyOf reads a request's body; empty where there is none.
func bodyOf(t *testing.T, r *http.Request) string {
	t.Helper()
	if r.Body == nil {
		return ""
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestPut(t *testing.T) {
	for name, c := range map[string]struct {
		use               sdk.Placement
		url, media, body  string // of the request
		wantURL, wantBody string
		header, want      string
	}{
		"header":        {use: sdk.Placement{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token}"}, header: "Authorization", want: "Bearer tok&en"},
		"two parts":     {use: sdk.Placement{In: sdk.InHeader, Name: "X-Auth", Value: "{company}:{token}:{live}"}, header: "X-Auth", want: "42:tok&en:true"},
		"path":          {use: sdk.Placement{In: sdk.InHeader, Name: "X-Team", Value: "{attributes.team}/{attributes.deep.er}"}, header: "X-Team", want: "blue/7"},
		"dotted name":   {use: sdk.Placement{In: sdk.InHeader, Name: "X-Team", Value: "{attributes.a.b}"}, header: "X-Team", want: "dotted"},
		"cookie":        {use: sdk.Placement{In: sdk.InCookie, Name: "session", Value: "{token}"}, header: "Cookie", want: "session=tok&en"},
		"query":         {use: sdk.Placement{In: sdk.InQuery, Name: "accessToken", Value: "{token}"}, wantURL: "https://v/x?accessToken=tok%26en"},
		"query kept":    {use: sdk.Placement{In: sdk.InQuery, Name: "t", Value: "{token}"}, url: "https://v/x?b=%20&t=old&a=1", wantURL: "https://v/x?b=%20&a=1&t=tok%26en"},
		"form":          {use: sdk.Placement{In: sdk.InForm, Name: "token", Value: "{token}"}, media: "application/x-www-form-urlencoded", body: "b=2&a=1", wantBody: "b=2&a=1&token=tok%26en"},
		"form replaced": {use: sdk.Placement{In: sdk.InForm, Name: "token", Value: "{token}"}, media: "application/x-www-form-urlencoded", body: "token=x", wantBody: "token=tok%26en"},
		"form new":      {use: sdk.Placement{In: sdk.InForm, Name: "token", Value: "{token}"}, wantBody: "token=tok%26en"},
		"json":          {use: sdk.Placement{In: sdk.InJSON, Name: "/auth/accessToken", Value: "{token}"}, media: "application/json; charset=utf-8", body: `{"n":12345678901234567890}`, wantBody: `{"auth":{"accessToken":"tok\u0026en"},"n":12345678901234567890}`},
		"json new":      {use: sdk.Placement{In: sdk.InJSON, Name: "/a~1b", Value: "{token}"}, wantBody: `{"a/b":"tok\u0026en"}`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.url == "" {
				c.url = "https://v/x"
			}
			r, err := http.NewRequest("POST", c.url, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.media != "" {
				r.Header.Set("Content-Type", c.media)
			}
			places, err := New([]sdk.Placement{c.use}, json.RawMessage(credential))
			if err != nil {
				t.Fatal(err)
			}
			out, err := places.Put(r)
			if err != nil {
				t.Fatal(err)
			}
			if c.wantURL != "" && out.URL.String() != c.wantURL {
				t.Errorf("URL %s, want %s", out.URL, c.wantURL)
			}
			if c.header != "" && out.Header.Get(c.header) != c.want {
				t.Errorf("%s: %q, want %q", c.header, out.Header.Get(c.header), c.want)
			}
			if got := bodyOf(t, out); c.wantBody != "" && got != c.wantBody || c.wantBody != "" && int(out.ContentLength) != len(got) {
				t.Errorf("body %s of %d bytes, want %s", got, out.ContentLength, c.wantBody)
			}
			if r.URL.String() != c.url || len(r.Header) > 1 || r.Header.Get("Content-Type") != c.media {
				t.Errorf("the caller's request was changed: %s %v", r.URL, r.Header)
			}
		})
	}
}

func TestPutBad(t *testing.T) {
	for name, c := range map[string]struct {
		use         sdk.Placement
		media, body string
		want        string
	}{
		"attribute":  {use: sdk.Placement{In: sdk.InHeader, Name: "A", Value: "{other}"}, want: `"other"`},
		"null":       {use: sdk.Placement{In: sdk.InHeader, Name: "A", Value: "{none}"}, want: `"none"`},
		"list":       {use: sdk.Placement{In: sdk.InHeader, Name: "A", Value: "{list}"}, want: `"list"`},
		"brace":      {use: sdk.Placement{In: sdk.InHeader, Name: "A", Value: "{token"}, want: "closing brace"},
		"part":       {use: sdk.Placement{In: "trailer", Name: "A", Value: "{token}"}, want: "does not know"},
		"no form":    {use: sdk.Placement{In: sdk.InForm, Name: "a", Value: "{token}"}, media: "application/json", body: "{}", want: "of another"},
		"no object":  {use: sdk.Placement{In: sdk.InJSON, Name: "/a", Value: "{token}"}, media: "application/json", body: "[]", want: "is none where"},
		"no pointer": {use: sdk.Placement{In: sdk.InJSON, Name: "a", Value: "{token}"}, media: "application/json", body: "{}", want: "leads to no member"},
		"too deep":   {use: sdk.Placement{In: sdk.InJSON, Name: "/a/b", Value: "{token}"}, media: "application/json", body: `{"a":1}`, want: "is none where"},
	} {
		t.Run(name, func(t *testing.T) {
			places, err := New([]sdk.Placement{c.use}, json.RawMessage(credential))
			if err == nil {
				r, _ := http.NewRequest("POST", "https://v/x", strings.NewReader(c.body))
				r.Header.Set("Content-Type", c.media)
				_, err = places.Put(r)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "tok&en") {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestJudge(t *testing.T) {
	errno := sdk.Evidence{Status: 200, Pointer: "/errno", OneOf: []string{"20004", "20005"}}
	nested := sdk.Evidence{Pointer: "/data/0/code", OneOf: []string{"true", "x"}}
	for name, c := range map[string]struct {
		evidence []sdk.Evidence
		status   int
		media    string
		body     string
		want     Verdict
	}{
		"401 by default":   {nil, 401, "", "", Dead},
		"403 by default":   {nil, 403, "", "", Fine},
		"only what is":     {[]sdk.Evidence{{Status: 403}}, 401, "", "", Fine},
		"status":           {[]sdk.Evidence{{Status: 403}}, 403, "", "", Dead},
		"weak":             {[]sdk.Evidence{{Status: 403, Weak: true}}, 403, "", "", Suspect},
		"weak and strong":  {[]sdk.Evidence{{Status: 403, Weak: true}, {Status: 403}}, 403, "", "", Dead},
		"number":           {[]sdk.Evidence{errno}, 200, "application/json", `{"errno":20005}`, Dead},
		"text":             {[]sdk.Evidence{errno}, 200, "text/html", "\ufeff" + `{"errno":"20004"}`, Dead},
		"other number":     {[]sdk.Evidence{errno}, 200, "application/json", `{"errno":0}`, Fine},
		"other status":     {[]sdk.Evidence{errno}, 500, "application/json", `{"errno":20005}`, Fine},
		"no JSON":          {[]sdk.Evidence{errno}, 200, "application/json", `<html>`, Fine},
		"picture":          {[]sdk.Evidence{errno}, 200, "image/png", `{"errno":20005}`, Fine},
		"in a list":        {[]sdk.Evidence{nested}, 404, "", `{"data":[{"code":true}]}`, Dead},
		"outside the list": {[]sdk.Evidence{nested}, 404, "", `{"data":[]}`, Fine},
		"object":           {[]sdk.Evidence{nested}, 404, "", `{"data":[{"code":{}}]}`, Fine},
		"long":             {[]sdk.Evidence{errno}, 200, "application/json", `{"errno":20005,"x":"` + strings.Repeat("x", maxAnswer) + `"}`, Fine},
		"empty evidence":   {[]sdk.Evidence{{}}, 200, "", "", Fine},
	} {
		t.Run(name, func(t *testing.T) {
			answer := &http.Response{StatusCode: c.status, Header: http.Header{"Content-Type": {c.media}}, Body: io.NopCloser(strings.NewReader(c.body)), ContentLength: -1}
			if got := Judge(c.evidence, answer); got != c.want {
				t.Errorf("verdict %d, want %d", got, c.want)
			}
			if raw, err := io.ReadAll(answer.Body); err != nil || string(raw) != c.body {
				t.Errorf("the body is %d bytes long afterwards, error %v", len(raw), err)
			}
		})
	}
}

// A body that breaks off does so for its reader, too.
func TestJudgeBroken(t *testing.T) {
	broken := errors.New("broken")
	answer := &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1,
		Body: io.NopCloser(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))}
	Judge([]sdk.Evidence{{Pointer: "/x", OneOf: []string{"1"}}}, answer)
	if raw, err := io.ReadAll(answer.Body); string(raw) != "half" || !errors.Is(err, broken) {
		t.Errorf("%q, %v", raw, err)
	}
}

// The token's cookie takes the place of one of its name, and leaves the others.
func TestPutCookie(t *testing.T) {
	for value, want := range map[string]string{"tok": "a=1; b=2; session=tok", "semi;colon": "", "new\nline": "", "quo\"te": ""} {
		r := &http.Request{Header: http.Header{"Cookie": {"a=1; session=old", "b=2"}}}
		out, err := Places{{In: sdk.InCookie, Name: "session", Value: value}}.Put(r)
		if want == "" {
			if err == nil || strings.Contains(err.Error(), value) {
				t.Errorf("%q: %v", value, err)
			}
			continue
		}
		if err != nil || len(out.Header["Cookie"]) != 1 || out.Header.Get("Cookie") != want || r.Header.Get("Cookie") != "a=1; session=old" {
			t.Errorf("%q: %q %v", value, out.Header["Cookie"], err)
		}
	}
	if _, err := (Places{{In: sdk.InCookie, Name: "bad name", Value: "x"}}).Put(&http.Request{}); err == nil {
		t.Error("a cookie without a name was put")
	}
}

// A detached answer reads as before, whatever its length, and a short one is closed.
func TestDetach(t *testing.T) {
	for _, n := range []int{0, 10, maxAnswer, maxAnswer + 5} {
		text, closed := strings.Repeat("x", n), false
		answer := &http.Response{StatusCode: http.StatusUnauthorized, Body: closer{strings.NewReader(text), &closed}}
		Detach(answer)
		if got, err := io.ReadAll(answer.Body); err != nil || string(got) != text || closed != (n <= maxAnswer) {
			t.Errorf("%d bytes became %d, closed %t, %v", n, len(got), closed, err)
		}
		if answer.Body.Close(); !closed {
			t.Errorf("%d bytes: open", n)
		}
	}
}

type closer struct {
	io.Reader
	closed *bool
}

func (c closer) Close() error { *c.closed = true; return nil }
