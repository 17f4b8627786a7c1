package terminal

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"":               0,
		"auth.easemob":   12,
		"环信":             4,
		"e\u0301":        1, // e and a combining accent
		"👩‍👩‍👧":          2, // a family is one character
		"ｱ":              1, // half-width katakana
		"한글":             4,
		"a\tb":           2, // a tab has no width of its own
		"caf\u00e9 环 ok": 10,
	} {
		if got := Width(text); got != want {
			t.Errorf("Width(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, test := range []struct {
		text    string
		columns int
		want    string
	}{
		{"easemob", 7, "easemob"},
		{"easemob", 6, "easem…"},
		{"环信令牌", 8, "环信令牌"},
		{"环信令牌", 7, "环信令…"},
		{"环信令牌", 6, "环信…"}, // a third one would be cut in half
		{"easemob", 1, "…"},
		{"easemob", 0, ""},
		{"easemob", -3, ""},
	} {
		got := Truncate(test.text, test.columns)
		if got != test.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", test.text, test.columns, got, test.want)
		}
		if Width(got) > max(test.columns, 0) {
			t.Errorf("Truncate(%q, %d) takes %d columns", test.text, test.columns, Width(got))
		}
	}
}

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain 环信\tand\nlines": "plain 环信\tand\nlines",
		"a\x1b[31mred":         "a�[31mred",
		"a\rb":                 "a�b",
		"a\x00b\x7fc":          "a�b�c",
		"a\u009bb":             "a�b", // a control character of the second set, which some terminals take for ESC [
		"a\u202eb":             "a�b", // right-to-left override
		"a\u2066b":             "a�b",
		"a\xffb":               "a�b",
	} {
		if got := Visible(text); got != want {
			t.Errorf("Visible(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		name    string
		text    string
		columns int
		want    []string
	}{
		{"words", "one two three four", 9, []string{"one two", "three", "four"}},
		{"exactly as wide", "one two", 7, []string{"one two"}},
		{"a pipe", "one two three four", 0, []string{"one two three four"}},
		{"a flag is kept whole", "use --plugin-dir or AUTHRUN_PLUGIN_DIR", 10, []string{"use", "--plugin-dir", "or", "AUTHRUN_PLUGIN_DIR"}},
		{"a URL is kept whole", "see https://a1.easemob.com/org/app/token now", 12, []string{"see", "https://a1.easemob.com/org/app/token", "now"}},
		{"Chinese", "请检查环信的密钥。", 10, []string{"请检查环信", "的密钥。"}},
		{"Chinese keeps its full stop", "请检查环信。", 10, []string{"请检查环", "信。"}},
		{"Chinese and words", "密钥client_secret错误", 10, []string{"密钥", "client_secret", "错误"}},
		{"lines of the text stay", "one\n\ntwo\n", 20, []string{"one", "", "two"}},
		{"an indented line stays", "run:\n  authrun apply flow.hcl --force auth.a.b", 20,
			[]string{"run:", "  authrun apply flow.hcl --force auth.a.b"}},
		{"one column", "a b", 1, []string{"a", "b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Wrap(test.text, test.columns)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two 环信 three", 9)
	f.Add("a\u0301\u200d👩‍👩‍👧 \xff", 1)
	f.Fuzz(func(t *testing.T, text string, columns int) {
		lines := Wrap(text, columns)
		without := strings.NewReplacer(" ", "", "\n", "")
		if got, want := without.Replace(strings.Join(lines, "")), without.Replace(text); got != want {
			t.Errorf("Wrap(%q, %d) changed the text to %q", text, columns, lines)
		}
	})
}
