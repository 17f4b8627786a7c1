package conformance

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
