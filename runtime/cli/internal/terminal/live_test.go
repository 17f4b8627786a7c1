package terminal_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/runtime/cli/internal/terminaltest"
)

func newLive(columns, rows int) (*terminaltest.Screen, *terminal.Stream, *terminal.Live) {
	screen := terminaltest.New(columns, rows)
	stream := terminal.NewStream(screen, false)
	return screen, stream, terminal.NewLive(stream, stream.Style(true))
}

func wantText(t *testing.T, screen *terminaltest.Screen, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append(want, ""), strings.Split(screen.Text(), "\n")); diff != "" {
		t.Errorf("the screen shows (-want +got)\n%s", diff)
	}
}

func TestLiveRedraws(t *testing.T) {
	screen, out, live := newLive(40, 10)
	live.Print(out, "before\n")
	live.Draw([]string{"a: 1", "b: 1"})
	wantText(t, screen, "before", "a: 1", "b: 1")
	live.Draw([]string{"a: 2"})
	wantText(t, screen, "before", "a: 2")
	live.Print(out, "b is done\n")
	wantText(t, screen, "before", "a: 2") // waits for the next drawing
	live.Draw([]string{"a: 3"})
	wantText(t, screen, "before", "b is done", "a: 3")
	live.Draw(nil)
	wantText(t, screen, "before", "b is done")
}

func TestLiveFitsTheScreen(t *testing.T) {
	screen, _, live := newLive(20, 5)
	var lines []string
	for i := range 30 {
		lines = append(lines, fmt.Sprintf("auth.环信.block-%d: working", i))
	}
	live.Draw(lines)
	wantText(t, screen, "auth.环信.block-0:…", "auth.环信.block-1:…", "auth.环信.block-2:…", "… and 27 more")
	live.Draw(nil)
	wantText(t, screen)
}

func TestLiveInANarrowedWindow(t *testing.T) {
	screen, out, live := newLive(60, 20)
	live.Print(out, "before\n")
	live.Draw([]string{"auth.easemob.im: working, 1.2 s", "auth.ippbx.hq: working, 1.2 s"})
	screen.Columns = 12 // each line now takes three rows
	live.Draw([]string{"short"})
	wantText(t, screen, "before", "short")
}

func TestLiveOnATinyScreen(t *testing.T) {
	screen, _, live := newLive(1, 1)
	live.Draw([]string{"a", "b"})
	live.Draw([]string{"a"})
	live.Draw(nil)
	wantText(t, screen)
}

func TestLiveInAPipe(t *testing.T) {
	var pipe strings.Builder
	out := terminal.NewStream(&pipe, false)
	live := terminal.NewLive(out, out.Style(true))
	live.Draw([]string{"a: 1"})
	live.Print(out, "a is done\n")
	live.Draw(nil)
	if got := pipe.String(); got != "a is done\n" {
		t.Errorf("the pipe got %q", got)
	}
}

func TestLiveWritesToAFileAtOnce(t *testing.T) {
	_, _, live := newLive(40, 10)
	var file strings.Builder
	live.Draw([]string{"a: 1"})
	live.Print(terminal.NewStream(&file, false), "a is done\n")
	if got := file.String(); got != "a is done\n" {
		t.Errorf("the file got %q while lines were drawn", got)
	}
}
