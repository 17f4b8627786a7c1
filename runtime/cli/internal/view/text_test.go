package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/runtime/cli/internal/terminaltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// piped is a Text whose two streams are pipes.
func piped(o TextOptions) (v *Text, c *clock, out, err *strings.Builder) {
	out, err = &strings.Builder{}, &strings.Builder{}
	c = &clock{now}
	o.Out, o.Err, o.Color, o.Now, o.Zone = terminal.NewStream(out, false), terminal.NewStream(err, false), true, c.now, zone
	return NewText(o), c, out, err
}

func TestTextInAPipe(t *testing.T) {
	v, _, out, err := piped(TextOptions{})
	for _, e := range events() {
		v.Event(e)
	}
	v.Event(runtime.Summary{}) // a second one is not shown
	v.Close()
	wantOut := `auth.easemob.im: acquired in 1.2 s, lives until 2026-11-28 18:30:00 CST (7d)
auth.ippbx.hq["a<b"]: reused, never expires
  warning: the vendor is down
auth.ekuaibao.e: renewed in 212 ms, lives until 2026-11-21 20:00:00 CST (1h 30m)
auth.lingju.bot: failed (invalid_credentials) in 51 s
auth.sipauth.s: skipped, because auth.lingju.bot failed

Outputs:
  im   = (sensitive)
  接口 = {
    "a": 1,
    "b": [
      "<x>"
    ]
  }
  nil  = null

1 reused, 1 renewed, 1 acquired, 1 failed, 1 skipped; 3 vendor calls, 1m 5s.
`
	wantErr := `A new store was made at /s/authrun.db.
auth.easemob.im: waiting 7 s: the vendor wants 10 s between two calls
Error: Credentials refused
  flow.hcl:3:1, in auth.lingju.bot:

  3 | auth "lingju" "bot" {
    | ^^^^^^^^^^^^^^^^^^^

  The vendor says no.

`
	if diff := cmp.Diff(strings.Split(wantOut, "\n"), strings.Split(out.String(), "\n")); diff != "" {
		t.Errorf("results (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(strings.Split(wantErr, "\n"), strings.Split(err.String(), "\n")); diff != "" {
		t.Errorf("standard error (-want +got)\n%s", diff)
	}
}

func TestTextQuiet(t *testing.T) {
	v, _, out, err := piped(TextOptions{Quiet: true})
	for _, e := range events() {
		v.Event(e)
	}
	v.Close()
	if got := out.String(); got != "" {
		t.Errorf("--quiet wrote results:\n%s", got)
	}
	if got := err.String(); !strings.HasPrefix(got, "Error: Credentials refused\n") || strings.Count(got, "auth.") != 1 {
		t.Errorf("--quiet wrote more or less than the diagnostic:\n%s", got)
	}
}

func TestTextTellsInAPipeWhatTakesLong(t *testing.T) {
	v, c, _, err := piped(TextOptions{})
	v.Event(runtime.AuthStart{Address: "auth.easemob.im"})
	for range 7 {
		c.at = c.at.Add(10 * time.Second)
		v.tick()
	}
	v.Close()
	want := "auth.easemob.im: working, 30 s\nauth.easemob.im: working, 1m\n"
	if diff := cmp.Diff(want, err.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// onScreen is a Text whose two streams are one terminal.
func onScreen(columns, rows int) (*Text, *clock, *terminaltest.Screen) {
	screen := terminaltest.New(columns, rows)
	c := &clock{now}
	stream := terminal.NewStream(screen, false)
	return NewText(TextOptions{Out: stream, Err: stream, Color: true, Now: c.now, Zone: zone}), c, screen
}

func wantScreen(t *testing.T, screen *terminaltest.Screen, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append(want, ""), strings.Split(screen.Text(), "\n")); diff != "" {
		t.Errorf("the screen shows (-want +got)\n%s", diff)
	}
}

func TestTextOnATerminal(t *testing.T) {
	v, c, screen := onScreen(80, 24)
	v.Event(runtime.AuthStart{Address: "auth.easemob.im"})
	v.Event(runtime.AuthStart{Address: "auth.ippbx.hq"})
	wantScreen(t, screen) // what is done before the first tick is never drawn

	c.at = c.at.Add(100 * time.Millisecond)
	v.tick()
	wantScreen(t, screen, "  100 ms  auth.easemob.im", "  100 ms  auth.ippbx.hq")

	v.Event(runtime.AuthWait{Address: "auth.ippbx.hq", Reason: "one call every 10 s", Until: c.at.Add(7 * time.Second)})
	v.Event(runtime.AuthDone{Address: "auth.easemob.im", Action: runtime.ActionAcquire, Elapsed: 150 * time.Millisecond})
	c.at = c.at.Add(2 * time.Second)
	v.tick()
	wantScreen(t, screen, "auth.easemob.im: acquired in 150 ms, never expires", "   2.1 s  auth.ippbx.hq: waiting 5 s: one call every 10 s")

	c.at = c.at.Add(5 * time.Second)
	v.tick()
	wantScreen(t, screen, "auth.easemob.im: acquired in 150 ms, never expires", "   7.1 s  auth.ippbx.hq")

	v.Event(runtime.Notice{Text: "Interrupted."})
	v.Close()
	v.Diagnostics(runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: "Cannot end in order"}})
	wantScreen(t, screen, "auth.easemob.im: acquired in 150 ms, never expires", "Interrupted.", "Error: Cannot end in order", "")
}

func TestTextOnAnInterruptedTerminal(t *testing.T) {
	v, _, screen := onScreen(80, 24)
	v.Event(runtime.AuthStart{Address: "auth.easemob.im"})
	v.tick()
	v.Event(runtime.AuthFailed{Address: "auth.easemob.im", Class: runtime.ClassCanceled})
	v.Event(runtime.AuthSkipped{Address: "auth.ippbx.hq"})
	v.Close()
	wantScreen(t, screen, "auth.easemob.im: failed (canceled)", "auth.ippbx.hq: skipped")
}

func TestTextWithManyBlocksOnASmallTerminal(t *testing.T) {
	v, c, screen := onScreen(30, 6)
	for i := range 100 {
		v.Event(runtime.AuthStart{Address: fmt.Sprintf(`auth.ippbx.总部["%d"]`, i)})
	}
	c.at = c.at.Add(3 * time.Second)
	v.tick()
	if used := screen.UsedRows(); used > 6 {
		t.Errorf("the lines take %d rows of a screen of 6", used)
	}
	wantScreen(t, screen, `   3.0 s  auth.ippbx.总部["0…`, `   3.0 s  auth.ippbx.总部["1…`, `   3.0 s  auth.ippbx.总部["2…`,
		`   3.0 s  auth.ippbx.总部["3…`, "… and 96 more")
	for i := range 100 {
		v.Event(runtime.AuthDone{Address: fmt.Sprintf(`auth.ippbx.总部["%d"]`, i), Action: runtime.ActionReuse})
	}
	v.Close()
	if got := strings.Count(screen.Text(), "reused"); got != 100 {
		t.Errorf("%d lines of 100 arrived", got)
	}
	if strings.Contains(screen.Text(), "3.0 s") {
		t.Errorf("a live line was left behind:\n%s", screen.Text())
	}
}

func TestTextRedrawsAtEachTick(t *testing.T) {
	screen := terminaltest.New(80, 24)
	stream := terminal.NewStream(screen, false)
	ticks := make(chan time.Time)
	v := NewText(TextOptions{Out: stream, Err: stream, Now: func() time.Time { return now }, Zone: zone, Ticks: ticks})
	v.Event(runtime.AuthStart{Address: "auth.easemob.im"})
	ticks <- now
	ticks <- now // taken only after the first one was drawn
	v.Event(runtime.AuthDone{Address: "auth.easemob.im", Action: runtime.ActionReuse})
	v.Close()
	if !strings.HasPrefix(screen.Raw.String(), "    0 ms  auth.easemob.im\n") {
		t.Errorf("it was not drawn: %q", screen.Raw.String())
	}
	wantScreen(t, screen, "auth.easemob.im: reused, never expires")
}

func TestTextLogsBetweenLines(t *testing.T) {
	v, _, screen := onScreen(80, 24)
	v.Event(runtime.AuthStart{Address: "auth.easemob.im"})
	v.tick()
	fmt.Fprintln(v, "level=DEBUG msg=\"exchange\"")
	v.tick()
	wantScreen(t, screen, `level=DEBUG msg="exchange"`, "    0 ms  auth.easemob.im")
	v.Close()
}
