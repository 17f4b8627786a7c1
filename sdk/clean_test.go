package sdk_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/authrun/authrun/sdk"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "",
		" \n\t ":                        "",
		"plain words":                   "plain words",
		"  two\r\n  lines \x00 here ":   "two lines here",
		"bell\a and \x1b[31mred":        "bell and [31mred",
		"bad \xff byte":                 "bad \uFFFD byte",
		"a\u202Egnp.exe\u200b":          "agnp.exe",
		"错误：密钥不对":                       "错误：密钥不对",
		strings.Repeat("a", 200):        strings.Repeat("a", 200),
		strings.Repeat("a", 201):        "…",
		strings.Repeat("错", 201):        strings.Repeat("错", 199) + "…",
		strings.Repeat("错", 200) + "\n": strings.Repeat("错", 200),
		"token " + strings.Repeat("x", 300) + " refused": "token…",
		strings.Repeat("word ", 60):                      strings.TrimSpace(strings.Repeat("word ", 39)) + "…",
	} {
		if got := sdk.Clean(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("two\nlines")
	f.Add(strings.Repeat("错 a", 100))
	f.Fuzz(func(t *testing.T, words string) {
		got := sdk.Clean(words)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 200 || strings.TrimSpace(got) != got {
			t.Errorf("%q", got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || !unicode.IsPrint(r) }) {
			t.Errorf("%q", got)
		}
		if again := sdk.Clean(got); again != got {
			t.Errorf("%q becomes %q", got, again)
		}
	})
}

func TestCodes(t *testing.T) {
	codes := sdk.Codes{"1003": sdk.InvalidCredentials, "5*": sdk.Unavailable, "50*": sdk.LockedOut, "*": sdk.InvalidRequest}
	for code, want := range map[string]sdk.Class{"1003": sdk.InvalidCredentials, "51": sdk.Unavailable, "501": sdk.LockedOut, "7": sdk.InvalidRequest} {
		if got := codes.Failure(sdk.Text(code), "").Class; got != want {
			t.Errorf("%s: got %s, want %s", code, got, want)
		}
	}
	known := sdk.Codes{"1": sdk.TokenDead, "2*": sdk.Unavailable}
	for _, c := range []struct{ code, words, want string }{
		{"1", "", "token_dead: the vendor answered error 1"},
		{"1", "is\ndead", "token_dead: the vendor answered error 1: is dead"},
		{"99", "", "unsupported: the vendor answered error 99, which this plugin does not know"},
		{"", "odd", "unsupported: the vendor answered error without a code, which this plugin does not know: odd"},
		{"a b\n\"c\"", "", `unsupported: the vendor answered error "a b \"c\"", which this plugin does not know`},
		{strings.Repeat("9", 60), "", `unsupported: the vendor answered error "…", which this plugin does not know`},
	} {
		if got := known.Failure(sdk.Text(c.code), c.words).Error(); got != c.want {
			t.Errorf("%q: got %s\nwant %s", c.code, got, c.want)
		}
	}
}
