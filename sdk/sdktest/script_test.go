package sdktest

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A script is plain data: written as JSON and read again it is the same examination.
func TestScriptAsJSON(t *testing.T) {
	raw, err := json.Marshal(script())
	if err != nil {
		t.Fatal(err)
	}
	var again Script
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(script(), again); diff != "" {
		t.Errorf("-script +read\n%s", diff)
	}
}

func TestBodyAsJSON(t *testing.T) {
	for in, want := range map[string]Body{
		`{"body": "text {}"}`:          "text {}",
		`{"body": {"code": [0, "1"]}}`: `{"code": [0, "1"]}`,
		`{"body": [1]}`:                "[1]",
		`{"body": 12}`:                 "12",
		`{}`:                           "",
	} {
		var got Answer
		if err := json.Unmarshal([]byte(in), &got); err != nil || got.Body != want {
			t.Errorf("%s: got %q, %v; want %q", in, got.Body, err, want)
		}
	}
}

func TestLeaks(t *testing.T) {
	w := &watch{}
	w.learn("se cret/ü")
	w.learn("short")
	for _, text := range []string{"as se cret/ü", "u=se+cret%2F%C3%BC", "p=se%20cret%2F%C3%BC", "b=c2UgY3JldC/DvA==", "h=736520637265742fc3bc", "short", "nothing"} {
		w.say("text", text)
	}
	want := []string{
		`the text holds a secret escaped for a URL: "u=se+cret%2F%C3%BC"`,
		`the text holds a secret escaped for a path: "p=se%20cret%2F%C3%BC"`,
		`the text holds a secret in base64: "b=c2UgY3JldC/DvA=="`,
		`the text holds a secret in hexadecimal: "h=736520637265742fc3bc"`,
		`the text holds a secret: "as se cret/ü"`,
	}
	if diff := cmp.Diff(want, w.leaks()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := w.hide("as se cret/ü"); got != "as ***" {
		t.Errorf("hidden: %s", got)
	}
}
