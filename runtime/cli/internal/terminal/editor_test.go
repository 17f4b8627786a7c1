package terminal

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// typed is a person at a terminal: each element is what one read of the keyboard gives.
type typed struct{ keys []string }

func (k *typed) Read(p []byte) (int, error) {
	if len(k.keys) == 0 {
		return 0, io.EOF
	}
	n := copy(p, k.keys[0])
	if k.keys[0] = k.keys[0][n:]; k.keys[0] == "" {
		k.keys = k.keys[1:]
	}
	return n, nil
}

// glass is a screen that keeps all that is written to it.
type glass struct{ strings.Builder }

func (*glass) Size() (columns, rows int, ok bool) { return 40, 10, true }

const (
	up, down, left   = "\x1b[A", "\x1b[B", "\x1b[D"
	backspace, kill  = "\x7f", "\x15"
	controlC, endKey = "\x03", "\x04"
)

func TestEditor(t *testing.T) {
	words := []string{"var.alpha", "var.alto", "var.beta", "values("}
	complete := func(before string) (int, []string) {
		from := strings.LastIndexAny(before, " (") + 1
		var found []string
		for _, w := range words {
			if strings.HasPrefix(w, before[from:]) {
				found = append(found, w)
			}
		}
		return from, found
	}
	for name, c := range map[string]struct {
		keys  []string
		lines []string // "^C": given up
	}{
		"a line":                   {[]string{"1 + 1\r"}, []string{"1 + 1"}},
		"several at once":          {[]string{"1\r2\r\n3\n"}, []string{"1", "2", "3"}},
		"keys one by one":          {[]string{"1", "2", left, "x", "\r"}, []string{"1x2"}},
		"corrected":                {[]string{"12", backspace, "3", kill, "45\r"}, []string{"45"}},
		"from the history":         {[]string{"one\r", "two\r", up, up, "!\r"}, []string{"one", "two", "one!"}},
		"forth in the history":     {[]string{"one\r", "two\r", "x", up, up, down, down, "\r"}, []string{"one", "two", "x"}},
		"nothing twice in it":      {[]string{"one\r", "one\r", "\r", "two\r", up, up, "\r"}, []string{"one", "one", "", "two", "one"}},
		"given up":                 {[]string{"lost", controlC + "gone", "kept\r"}, []string{"^C", "kept"}},
		"given up with history":    {[]string{"one\r", "lost", controlC, up, "\r"}, []string{"one", "^C", "one"}},
		"ended":                    {[]string{"1\r", endKey, "2\r"}, []string{"1"}},
		"a word completed":         {[]string{"f(var.b\t, 1)\r"}, []string{"f(var.beta, 1)"}},
		"as far as words agree":    {[]string{"va\t\r", "var.a\t\r"}, []string{"va", "var.al"}},
		"before the cursor":        {[]string{" + 1" + left + left + left + left + "var.b\t\r"}, []string{"var.beta + 1"}},
		"nothing that goes on":     {[]string{"x\ty\r"}, []string{"xy"}},
		"Chinese":                  {[]string{"\"令牌\"", left, backspace, "\r"}, []string{"\"令\""}},
		"a character in two reads": {[]string{"\xe4\xbb", "\xa4\r"}, []string{"令"}},
	} {
		t.Run(name, func(t *testing.T) {
			raw, restored := 0, 0
			e := NewEditor(EditorOptions{In: &typed{slices.Clone(c.keys)}, Screen: NewStream(&glass{}, false), Complete: complete,
				Raw: func() (func() error, error) {
					raw++
					return func() error { restored++; return nil }, nil
				}})
			var lines []string
			for {
				line, err := e.ReadLine("> ")
				if errors.Is(err, io.EOF) {
					break
				}
				if errors.Is(err, ErrAbandoned) {
					line, err = "^C", nil
				}
				if err != nil {
					t.Fatal(err)
				}
				if raw != restored {
					t.Errorf("raw %d times, restored %d times", raw, restored)
				}
				lines = append(lines, line)
			}
			if diff := cmp.Diff(c.lines, lines); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestEditorLists shows that Tab lists the words where they agree no further.
func TestEditorLists(t *testing.T) {
	screen := &glass{}
	e := NewEditor(EditorOptions{In: &typed{[]string{"v\t\r"}}, Screen: NewStream(screen, false),
		Complete: func(string) (int, []string) { return 0, []string{"values(", "var."} }})
	if line, err := e.ReadLine("> "); line != "va" || err != nil {
		t.Errorf("read %q and %v", line, err)
	}
	if strings.Contains(screen.String(), "values(") {
		t.Errorf("listed too early: %q", screen.String())
	}
	e.in.from = &typed{[]string{"va\t\r"}}
	if line, err := e.ReadLine("> "); line != "va" || err != nil || !strings.Contains(screen.String(), "values(  var.\r\n") {
		t.Errorf("read %q and %v, shown %q", line, err, screen.String())
	}
}

func TestEditorOfATerminalThatFails(t *testing.T) {
	broken := errors.New("no such device")
	e := NewEditor(EditorOptions{In: &typed{}, Screen: NewStream(&glass{}, false), Raw: func() (func() error, error) { return nil, broken }})
	if _, err := e.ReadLine("> "); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestColumns(t *testing.T) {
	words := []string{"a", "bb", "令牌", "d", "e"}
	for width, want := range map[int]string{
		0:  "a\nbb\n令牌\nd\ne\n",
		10: "a     d\nbb    e\n令牌\n",
		16: "a     令牌  e\nbb    d\n",
		80: "a     bb    令牌  d     e\n",
	} {
		if diff := cmp.Diff(want, Columns(words, width)); diff != "" {
			t.Errorf("%d (-want +got)\n%s", width, diff)
		}
	}
}
