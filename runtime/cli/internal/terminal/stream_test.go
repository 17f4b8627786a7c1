package terminal_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/runtime/cli/internal/terminaltest"
)

// broken is a pipe whose reader went away.
type broken struct{ writes int }

var errGone = errors.New("broken pipe")

func (b *broken) Write([]byte) (int, error) { b.writes++; return 0, errGone }

func TestStreamRemembersTheFirstError(t *testing.T) {
	w := &broken{}
	s := terminal.NewStream(w, false)
	for range 3 {
		if _, err := s.WriteString("x"); !errors.Is(err, errGone) {
			t.Errorf("WriteString: %v", err)
		}
	}
	if w.writes != 1 {
		t.Errorf("it was written to %d times after the reader was gone", w.writes)
	}
	if !errors.Is(s.Err(), errGone) {
		t.Errorf("Err() = %v", s.Err())
	}
}

func TestStreamKinds(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, test := range []struct {
		name                    string
		stream                  *terminal.Stream
		isTerminal, live        bool
		columns                 int
		wantRed, wantRedUnasked string
	}{
		{"file", terminal.NewStream(file, false), false, false, 0, "x", "x"},
		{"terminal", terminal.NewStream(terminaltest.New(60, 20), false), true, true, 60, "\x1b[31mx\x1b[0m", "x"},
		{"dumb terminal", terminal.NewStream(terminaltest.New(60, 20), true), true, false, 60, "x", "x"},
		{"terminal of no known size", terminal.NewStream(terminaltest.New(0, 0), false), true, true, 80, "\x1b[31mx\x1b[0m", "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.stream.IsTerminal(); got != test.isTerminal {
				t.Errorf("IsTerminal() = %t", got)
			}
			if got := test.stream.IsLive(); got != test.live {
				t.Errorf("IsLive() = %t", got)
			}
			if columns, _ := test.stream.Size(); columns != test.columns {
				t.Errorf("it has %d columns, want %d", columns, test.columns)
			}
			if got := test.stream.Style(true).Red("x"); got != test.wantRed {
				t.Errorf("Style(true).Red = %q, want %q", got, test.wantRed)
			}
			if got := test.stream.Style(false).Red("x"); got != test.wantRedUnasked {
				t.Errorf("Style(false).Red = %q, want %q", got, test.wantRedUnasked)
			}
		})
	}
}
