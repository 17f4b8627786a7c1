package script

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestHidden(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a": "<1 character>", "1": "<1 digit>", "1234567": "<7 digits>", "12a": "<3 characters>", "é中": "<2 characters>", "١٢": "<2 characters>",
	} {
		if got := Hidden(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestFits(t *testing.T) {
	for _, c := range []struct {
		template, text string
		want           bool
	}{
		{"plain", "plain", true}, {"plain", "plane", false},
		{"<3 characters>", "a中1", true}, {"<3 characters>", "ab", false}, {"<3 characters>", "abcd", false},
		{"<3 digits>", "123", true}, {"<3 digits>", "12a", false}, {"<1 digit>", "7", true},
		{"Bearer <3 characters>", "Bearer abc", true}, {"Bearer <3 characters>", "Basic abc", false},
		{"<2 characters>-<1 digit>!", "ab-7!", true}, {"<2 characters>-<1 digit>!", "ab-7", false},
		{"<12345678 characters>", "<12345678 characters>", true}, // too long for a placeholder
		{"<3 letters>", "<3 letters>", true},
		{"<0 characters>", "", true},
	} {
		if got := fits(c.template, c.text); got != c.want {
			t.Errorf("%q and %q: %t, want %t", c.template, c.text, got, c.want)
		}
	}
}

func TestFilled(t *testing.T) {
	s := Script{
		Config: map[string]any{"secret": "<32 characters>", "list": []any{"<2 digits>", 7}},
		Good: []Case{{Config: map[string]any{"secret": "<32 characters>"}, Held: map[string]any{"token": "<5 characters>"}, Value: map[string]any{"token": "<40 characters>"},
			Exchanges: []Exchange{{Request: Request{Method: "GET", Query: map[string]string{"s": "<32 characters>"}},
				Answer: Answer{Headers: map[string]string{"X-A": "<4 digits>"}, Body: `{"token": "<40 characters>", "n": "<6 digits>"}`}}}}},
	}
	f := s.Filled()
	secret, _ := f.Config["secret"].(string)
	if !fits("<32 characters>", secret) || strings.Contains(secret, "<") || f.Good[0].Config["secret"] != secret {
		t.Errorf("the secret is %q, and in the case %q", secret, f.Good[0].Config["secret"])
	}
	answer := f.Good[0].Exchanges[0].Answer
	if !fits(`{"token": "<40 characters>", "n": "<6 digits>"}`, string(answer.Body)) || strings.Contains(string(answer.Body), "<") || !fits("<4 digits>", answer.Headers["X-A"]) {
		t.Errorf("the answer is %+v", answer)
	}
	if diff := cmp.Diff(s.Good[0].Exchanges[0].Request, f.Good[0].Exchanges[0].Request); diff != "" {
		t.Errorf("what is compared is filled: %s", diff)
	}
	if s.Config["secret"] != "<32 characters>" || s.Good[0].Exchanges[0].Answer.Headers["X-A"] != "<4 digits>" {
		t.Error("the script itself is changed")
	}
	if diff := cmp.Diff(f, s.Filled()); diff != "" {
		t.Errorf("filled once more it is another: %s", diff)
	}
}

// FuzzPlaceholder checks that what hides a text stands for it, and for what is filled into its place.
func FuzzPlaceholder(f *testing.F) {
	f.Add("secret", "Bearer <3 digits>")
	f.Add("0", "<7 characters><1 digit>")
	f.Fuzz(func(t *testing.T, text, template string) {
		if utf8.ValidString(text) && len(text) < 1e6 && !fits(Hidden(text), text) {
			t.Errorf("%q does not fit %q", text, Hidden(text))
		}
		if filled := fill(template, "seed"); utf8.ValidString(template) && !fits(template, filled) {
			t.Errorf("%q does not fit %q", filled, template)
		}
	})
}
