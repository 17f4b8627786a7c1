package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
)

func TestString(t *testing.T) {
	for _, c := range []struct {
		name    string
		secrets []string
		text    string
		want    string
	}{
		{"no secrets", nil, "some text", "some text"},
		{"not there", []string{"hunter2"}, "some text", "some text"},
		{"whole text", []string{"hunter2"}, "hunter2", "(sensitive)"},
		{"inside", []string{"hunter2"}, "the password hunter2 is wrong", "the password (sensitive) is wrong"},
		{"inside a word", []string{"hunter2"}, "xhunter2x", "x(sensitive)x"},
		{"twice", []string{"hunter2"}, "hunter2 and hunter2", "(sensitive) and (sensitive)"},
		{"text is empty", []string{"hunter2"}, "", ""},
		{"at six bytes", []string{"123456"}, "a123456b", "a(sensitive)b"},
		{"under six bytes", []string{"12345", "", "abc"}, "a12345b abc", "a12345b abc"},
		{"cut at the end", []string{"hunter2"}, "the password hunter", "the password hunter"},
		{"one begins with the other", []string{"hunter", "hunter2hunter2"}, "hunter2 hunter2hunter2", "(sensitive)2 (sensitive)"},
		{"one is inside the other", []string{"abcdefghij", "cdefgh"}, "abcdefghij cdefgh", "(sensitive) (sensitive)"},
		{"overlapping", []string{"abcdefgh", "fghijklm"}, "-abcdefghijklm-", "-(sensitive)-"},
		{"overlapping itself", []string{"abaaba"}, "-abaabaaba-", "-(sensitive)-"},
		{"touching", []string{"abcdef", "ghijkl"}, "-abcdefghijkl-", "-(sensitive)-"},
		{"longest of several beginnings", []string{"aaaaaa", "aaaaaabbb", "aaaaaabbbccc", "aaaaaabz"}, "aaaaaabbbcc!", "(sensitive)cc!"},
		{"the longer one added first", []string{"aaaaaabbbb", "aaaaaa"}, "aaaaaabbbc", "(sensitive)bbbc"},
		{"one in the middle added last", []string{"aaaaaa", "aaaaaabbbbbb", "aaaaaabbb"}, "aaaaaabbbbc", "(sensitive)bc"},
		{"sorted between, but no beginning", []string{"aaaaaa", "aaaaaabbbb"}, "aaaaaabbbc", "(sensitive)bbbc"},
		{"not only ASCII", []string{"пароль", "密码密码"}, "её пароль, 密码密码。", "её (sensitive), (sensitive)。"},
		{"bytes that are no text", []string{"\xff\xfe\x00\x01\x02\x03"}, "x\xff\xfe\x00\x01\x02\x03y", "x(sensitive)y"},
		{"lines of a key", []string{"-----BEGIN-----\nMIIabcdef\nshort\n"}, "panic: MIIabcdef", "panic: (sensitive)"},
		{"what it shows", []string{"sensitive"}, "(sensitive)", "((sensitive))"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := New()
			r.Add(c.secrets...)
			if got := r.String(c.text); got != c.want {
				t.Errorf("String(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

// With few letters every way in which secrets can overlap occurs; a search without an index tells what must be hidden.
func TestStringAgainstPlainSearch(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 1))
	word := func(length int) string {
		b := make([]byte, length)
		for i := range b {
			b[i] = "ab"[source.IntN(2)]
		}
		return string(b)
	}
	for range 2000 {
		r := New()
		text := word(60)
		hidden := make([]bool, len(text))
		for range 1 + source.IntN(6) {
			secret := word(Shortest + source.IntN(8))
			r.Add(secret)
			for i := range len(text) - len(secret) + 1 {
				for n := i; n < i+len(secret) && strings.HasPrefix(text[i:], secret); n++ {
					hidden[n] = true
				}
			}
		}
		want := ""
		for i := range text {
			switch {
			case !hidden[i]:
				want += text[i : i+1]
			case i == 0 || !hidden[i-1]:
				want += Shown
			}
		}
		if got := r.String(text); got != want {
			t.Fatalf("String(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestForms(t *testing.T) {
	const secret = "pä/ss wörd+\"<&>\"\n%?~"
	object, err := json.Marshal(map[string]string{"password": secret})
	if err != nil {
		t.Fatal(err)
	}
	basic := func(user string, encoding *base64.Encoding) string {
		return encoding.EncodeToString([]byte(user + ":" + secret))
	}
	for name, c := range map[string]struct{ text, want string }{
		"query":            {"?p=" + url.QueryEscape(secret) + "&q=1", "?p=(sensitive)&q=1"},
		"path":             {"/a/" + url.PathEscape(secret) + "/b", "/a/(sensitive)/b"},
		"lower-case query": {"?p=" + lowerEscapes(url.QueryEscape(secret)) + "&q=1", "?p=(sensitive)&q=1"},
		"JSON":             {string(object), `{"password":"(sensitive)"}`},
		"JSON plain":       {`{"password":"` + marshalled(secret, false) + `"}`, `{"password":"(sensitive)"}`},
		"Go":               {fmt.Sprintf("%q", secret), `"(sensitive)"`},
		"base64":           {"Basic " + base64.StdEncoding.EncodeToString([]byte(secret)) + ".", "Basic (sensitive)."},
		"base64 URL":       {"x=" + base64.RawURLEncoding.EncodeToString([]byte(secret)) + "&y", "x=(sensitive)&y"},
		"base64 shift 0":   {"Basic " + basic("us", base64.StdEncoding) + " x", "Basic (sensitive) x"},
		"base64 shift 1":   {"Basic " + basic("use", base64.StdEncoding) + " x", "Basic (sensitive) x"},
		"base64 shift 2":   {"Basic " + basic("user", base64.URLEncoding) + " x", "Basic (sensitive) x"},
	} {
		t.Run(name, func(t *testing.T) {
			r := New()
			r.Add(secret)
			if got := r.String(c.text); got != c.want {
				t.Errorf("String(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestLongBase64IsHiddenToItsEnd(t *testing.T) {
	r := New()
	secret := strings.Repeat("a long token ", 100)
	r.Add(secret)
	text := "[" + base64.StdEncoding.EncodeToString([]byte("x"+secret)) + "]"
	if got := r.String(text); got != "[(sensitive)]" {
		t.Errorf("got %q", got)
	}
}

func TestAddAfterString(t *testing.T) {
	r := New()
	for n := range 100 {
		secret := fmt.Sprintf("secret number %d of them", n)
		if got := r.String(secret); got != secret {
			t.Fatalf("%q was hidden before it was added", secret)
		}
		r.Add(secret, secret)
		if got := r.String(secret); got != Shown {
			t.Fatalf("String(%q) = %q after it was added", secret, got)
		}
	}
}

func TestConcurrent(t *testing.T) {
	r := New()
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 50 {
				secret := fmt.Sprintf("secret %d of %d", i, n)
				r.Add(secret)
				if got := r.String("<" + secret + ">"); got != "<(sensitive)>" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	all.Wait()
}

// FuzzString looks for a secret in what is left of a text between the places that were hidden.
func FuzzString(f *testing.F) {
	f.Add("the password hunter2 is wrong", "hunter2", "password", 0)
	f.Add("abcdefghijklm", "abcdefgh", "fghijklm", 1)
	f.Add("aaaaaaaaaaaaaaaa", "aaaaaa", "aaaaaaaa", 2)
	f.Add("\x00\x00\x00\x00\x00\x00AAAAAAAAAAAA", "\x00\x00\x00\x00\x00\x00", "AAAAAA", 3)
	f.Add("(sensitive)", "sensitive", "(sensi", 4)
	f.Fuzz(func(t *testing.T, text, a, b string, place int) {
		// A text in which the secrets are sure to stand.
		place = max(0, min(place, len(text)))
		text = text[:place] + a + text[place:] + b + base64.StdEncoding.EncodeToString([]byte(text[:place]+a+b))
		r := New()
		r.Add(a, b)
		got := r.String(text)
		for _, secret := range []string{a, b} {
			if len(secret) < Shortest {
				continue
			}
			for _, left := range strings.Split(got, Shown) {
				for _, f := range forms(secret) {
					if strings.Contains(left, f.text) {
						t.Fatalf("%q as %q is left in %q", secret, f.text, got)
					}
				}
			}
		}
		if len(a) < Shortest && len(b) < Shortest && got != text {
			t.Fatalf("String(%q) = %q without a secret", text, got)
		}
	})
}
