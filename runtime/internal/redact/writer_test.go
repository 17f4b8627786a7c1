package redact

import (
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

// pieces writes text in random pieces and gives what came out.
func pieces(t *testing.T, r *Redactor, text string, random *rand.Rand) string {
	t.Helper()
	var out strings.Builder
	w := r.Writer(&out)
	for rest := text; rest != ""; {
		n := 1 + random.IntN(min(len(rest), 1+random.IntN(40)))
		if written, err := w.Write([]byte(rest[:n])); written != n || err != nil {
			t.Fatalf("wrote %d of %d: %v", written, n, err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestWriterIsString shows that the borders of writes make no difference.
func TestWriterIsString(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	letters := []string{"a", "b", "ab", "aab", "=", " ", "\n", "é", "+/", "abababab"}
	word := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(letters[random.IntN(len(letters))])
		}
		return b.String()
	}
	for range 5_000 {
		r := New()
		var secrets []string
		for range 1 + random.IntN(4) {
			secrets = append(secrets, word(4+random.IntN(20)))
		}
		r.Add(secrets...)
		var text strings.Builder
		for range random.IntN(12) {
			secret := secrets[random.IntN(len(secrets))]
			switch random.IntN(6) {
			case 0:
				text.WriteString(secret)
			case 1:
				text.WriteString(secret[:random.IntN(len(secret))])
			case 2:
				text.WriteString(base64.StdEncoding.EncodeToString([]byte(word(random.IntN(4)) + secret)))
			case 3:
				text.WriteString(url.QueryEscape(secret))
			default:
				text.WriteString(word(random.IntN(10)))
			}
		}
		if want, got := r.String(text.String()), pieces(t, r, text.String(), random); got != want {
			t.Fatalf("secrets %q, text %q:\n got %q\nwant %q", secrets, text.String(), got, want)
		}
	}
}

func TestWriterPasses(t *testing.T) {
	r := New()
	r.Add("opensesame", "line one\nline two")
	for name, c := range map[string]struct{ text, want string }{
		"at the start": {"opensesame x", "(sensitive) x"},
		"at the end":   {"x opensesame", "x (sensitive)"},
		"cut off":      {"x opensesam", "x opensesam"},
		"twice":        {"opensesameopensesame", "(sensitive)"},
		"over lines":   {"line one\nline two\nline three", "(sensitive)\nline three"},
		"no text":      {"\x00\xff\xfeopensesame\xff", "\x00\xff\xfe(sensitive)\xff"},
		"long lines":   {strings.Repeat("x", 100_000) + " opensesame", strings.Repeat("x", 100_000) + " (sensitive)"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			w := r.Writer(&out)
			for i := range len(c.text) {
				if _, err := w.Write([]byte{c.text[i]}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestWriterHolds shows what is passed on at once, after a pause, and by what follows then. A pause is written as "|".
func TestWriterHolds(t *testing.T) {
	for name, c := range map[string]struct {
		writes []string
		want   []string // all that came out after each write
	}{
		"a prompt is shown at once":               {[]string{"Password: "}, []string{"Password: "}},
		"the last word waits":                     {[]string{"one two", "|", " three"}, []string{"one ", "one two", "one two "}},
		"a whole secret is hidden at once":        {[]string{"x opensesame."}, []string{"x (sensitive)."}},
		"what may be a secret waits":              {[]string{"x.open"}, []string{"x."}},
		"a few letters are shown after a pause":   {[]string{"x.open", "|"}, []string{"x.", "x.open"}},
		"most of a secret is hidden after one":    {[]string{"x.openses", "|"}, []string{"x.", "x.(sensitive)"}},
		"what follows it is hidden, too":          {[]string{"x.openses", "|", "ame.", "y."}, []string{"x.", "x.(sensitive)", "x.(sensitive).", "x.(sensitive).y."}},
		"the rest of a secret shown in part":      {[]string{"x.ope", "|", "nsesame."}, []string{"x.", "x.ope", "x.ope(sensitive)."}},
		"slowly, letter by letter":                {[]string{"o", "|", "p", "|", "e", "|", "n", "|", "s", "|", "e", "|", "s", "|", "ame."}, append([]string{"", "o", "o", "op", "op", "ope", "ope", "open", "open", "opens", "opens"}, "opens(sensitive)", "opens(sensitive)", "opens(sensitive)", "opens(sensitive).")},
		"a pause that hid what was none":          {[]string{"openses", "|", "xyz."}, []string{"", "(sensitive)", "(sensitive)xyz."}},
		"a run is hidden whole":                   {[]string{"a.eG9wZW5zZXNhbWV4", "xxxx", ".b."}, []string{"a.", "a.", "a.(sensitive).b."}},
		"a run that goes on after a pause":        {[]string{"a.eG9wZW5zZXNhbWV4", "|", "xxxx=", ".b."}, []string{"a.", "a.(sensitive)", "a.(sensitive)", "a.(sensitive).b."}},
		"a pause with nothing held":               {[]string{"|", "a.", "|"}, []string{"", "a.", "a."}},
		"a long run is shown but for what may be": {[]string{strings.Repeat("x", held+10)}, []string{strings.Repeat("x", 10)}},
	} {
		t.Run(name, func(t *testing.T) {
			r := New()
			r.Add("opensesame")
			var out strings.Builder
			w := r.Writer(&out)
			for i, piece := range c.writes {
				var err error
				if piece == "|" {
					err = w.Pause()
				} else {
					_, err = w.Write([]byte(piece))
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := out.String(); got != c.want[i] {
					t.Fatalf("after %q: got %q, want %q", c.writes[:i+1], got, c.want[i])
				}
			}
		})
	}
}

// TestWriterHidesLongRuns shows that a run much longer than what is held stays hidden from the secret on.
func TestWriterHidesLongRuns(t *testing.T) {
	r := New()
	r.Add("opensesame")
	var out strings.Builder
	w := r.Writer(&out)
	for range 3 * held {
		if _, err := w.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	for _, piece := range []string{"eG9wZW5zZXNhbWV4", strings.Repeat("y", 3*held), strings.Repeat("y", 3*held) + "==.", "end."} {
		if _, err := w.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.TrimLeft(out.String(), "x"); got != "(sensitive).end." {
		t.Errorf("got %.100q", got)
	}
}

func TestWriterLearns(t *testing.T) {
	r := New()
	var out strings.Builder
	w := r.Writer(&out)
	_, _ = w.Write([]byte("opensesame.opense"))
	r.Add("opensesame")
	_, _ = w.Write([]byte("same.opensesame."))
	if got := out.String(); got != "opensesame.(sensitive).(sensitive)." {
		t.Errorf("got %q", got)
	}
}

func TestWriterEndsWithItsWriter(t *testing.T) {
	full := errors.New("no space left")
	w := New().Writer(failing{full})
	if n, err := w.Write([]byte("one ")); n != 0 || !errors.Is(err, full) {
		t.Errorf("got %d and %v", n, err)
	}
	if _, err := w.Write([]byte("two ")); !errors.Is(err, full) {
		t.Errorf("the second write: %v", err)
	}
	if err := w.Pause(); !errors.Is(err, full) {
		t.Errorf("the pause: %v", err)
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Errorf("the end: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func BenchmarkWriter(b *testing.B) {
	r := New()
	for range 100 {
		r.Add(base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("secret", 10))))
	}
	line := []byte(strings.Repeat("an innocent line of a log, with words and numbers 12345\n", 20))
	b.SetBytes(int64(len(line)))
	w := r.Writer(io.Discard)
	for b.Loop() {
		if _, err := w.Write(line); err != nil {
			b.Fatal(err)
		}
	}
}
