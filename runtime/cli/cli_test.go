package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminaltest"
)

// ran is a command line that runs in memory, on a flow that does what the test says.
type ran struct {
	stdout, stderr strings.Builder
	spoke          chan struct{} // closed when something was first written to standard error
	signals        chan os.Signal
	status         chan int
}

func start(ctx context.Context, f *played, args ...string) *ran {
	r := &ran{spoke: make(chan struct{}), signals: make(chan os.Signal, 2), status: make(chan int, 1)}
	env := Env{Args: args, Stdin: strings.NewReader(""), Stdout: &r.stdout, Stderr: &noticed{Writer: &r.stderr, first: r.spoke},
		Signals: r.signals, Now: func() time.Time { return now }, Zone: zone}
	go func() { r.status <- run(ctx, env, f.open) }()
	return r
}

// noticed is a stream that tells when something was first written to it.
type noticed struct {
	io.Writer
	first chan struct{}
	once  sync.Once
}

func (n *noticed) Write(p []byte) (int, error) {
	defer n.once.Do(func() { close(n.first) })
	return n.Writer.Write(p)
}

// waiting is a flow whose apply lasts until the function that is returned is called.
func waiting() (f *played, end func()) {
	until := make(chan struct{})
	f = &played{until: until, started: make(chan struct{}), Events: []playedEvent{{runtime.AuthStart{Address: "auth.a.b"}}}}
	return f, func() { close(until) }
}

func TestInterruptLetsTheWorkEnd(t *testing.T) {
	f, end := waiting()
	r := start(t.Context(), f, "apply", "flow.hcl")
	<-f.started
	r.signals <- os.Interrupt
	<-r.spoke
	select {
	case status := <-r.status:
		t.Fatalf("it ended with %d before the work under way was done", status)
	default:
	}
	end()
	if status := <-r.status; status != ExitInterrupted {
		t.Errorf("status %d, want %d", status, ExitInterrupted)
	}
	if want := "Interrupted: what is under way is finished and stored. Interrupt again to end at once.\n"; r.stderr.String() != want {
		t.Errorf("it said %q, want %q", r.stderr.String(), want)
	}
}

func TestSecondInterruptEndsAtOnce(t *testing.T) {
	f, end := waiting()
	defer end()
	r := start(t.Context(), f, "apply", "flow.hcl", "--json")
	<-f.started
	r.signals <- syscall.SIGTERM
	r.signals <- syscall.SIGTERM
	if status := <-r.status; status != ExitInterrupted {
		t.Errorf("status %d, want %d", status, ExitInterrupted)
	}
}

func TestApplyOfACallerWhoGivesUp(t *testing.T) {
	f, end := waiting()
	ctx, cancel := context.WithCancel(t.Context())
	r := start(ctx, f, "apply", "flow.hcl")
	<-f.started
	cancel()
	end()
	if status := <-r.status; status != ExitFailed {
		t.Errorf("status %d, want %d", status, ExitFailed)
	}
	if r.stderr.String() != "" {
		t.Errorf("it said %q to a caller who knows", r.stderr.String())
	}
}

// full is a disk on which there is no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestResultsThatDoNotArriveAreAFailure(t *testing.T) {
	f := &played{Gives: runtime.Credential{Address: "auth.a.b", Token: "t"}}
	for _, args := range [][]string{
		{"token", "flow.hcl", "auth.a.b"}, {"apply", "flow.hcl", "--json"}, {"validate", "flow.hcl"}, {"version"}, {"--help"},
	} {
		var stderr strings.Builder
		status := run(t.Context(), Env{Args: args, Stdout: full{}, Stderr: &stderr, Now: time.Now, Zone: zone}, f.open)
		if want := "Error: the results could not be written: no space left on device\n"; status != ExitFailed || stderr.String() != want {
			t.Errorf("%v: status %d, and it said %q; want %d and %q", args, status, stderr.String(), ExitFailed, want)
		}
	}
}

func TestApplyGoesOnWhenNobodyReads(t *testing.T) {
	f := &played{Events: []playedEvent{{runtime.AuthDone{Address: "auth.a.b"}}, {runtime.Summary{Reused: 1}}}, started: make(chan struct{})}
	done := make(chan struct{})
	close(done)
	f.until = done
	status := run(t.Context(), Env{Args: []string{"apply"}, Stdout: full{}, Stderr: full{}, Now: time.Now, Zone: zone}, f.open)
	if status != ExitFailed {
		t.Errorf("status %d, want %d", status, ExitFailed)
	}
	<-f.started // it came to its end
}

func TestColours(t *testing.T) {
	f := &played{Problems: runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: "Bad"}}}
	environment := func(name, value string) func(string) (string, bool) {
		return func(asked string) (string, bool) { return value, asked == name }
	}
	for _, test := range []struct {
		name  string
		args  []string
		env   func(string) (string, bool)
		color bool
	}{
		{"on a terminal", nil, nil, true},
		{"--no-color", []string{"--no-color"}, nil, false},
		{"NO_COLOR", nil, environment("NO_COLOR", "1"), false},
		{"NO_COLOR without a value", nil, environment("NO_COLOR", ""), true},
		{"TERM=dumb", nil, environment("TERM", "dumb"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			screen := terminaltest.New(80, 24)
			env := Env{Args: append([]string{"validate"}, test.args...), Stdout: screen, Stderr: screen, LookupEnv: test.env, Now: time.Now, Zone: zone}
			run(t.Context(), env, f.open)
			if got := strings.Contains(screen.Raw.String(), "\x1b["); got != test.color {
				t.Errorf("coloured: %t, want %t: %q", got, test.color, screen.Raw.String())
			}
		})
	}
}

func TestTokenLeavesTheScreenClean(t *testing.T) {
	f, end := waiting()
	f.Gives = runtime.Credential{Address: "auth.a.b", Token: "YWMt"}
	screen := &noticedScreen{Screen: terminaltest.New(80, 24), first: make(chan struct{})}
	env := Env{Args: []string{"token", "flow.hcl", "auth.a.b"}, Stdout: screen, Stderr: screen, Now: func() time.Time { return now }, Zone: zone}
	status := make(chan int)
	go func() { status <- run(t.Context(), env, f.open) }()
	<-screen.first // the block under work was drawn
	end()
	if got := <-status; got != ExitDone {
		t.Errorf("status %d", got)
	}
	if diff := cmp.Diff("YWMt\n", screen.Text()); diff != "" {
		t.Errorf("the screen shows (-want +got)\n%s", diff)
	}
}

// noticedScreen is a screen that tells when something was first written to it.
type noticedScreen struct {
	*terminaltest.Screen
	first chan struct{}
	once  sync.Once
}

func (n *noticedScreen) Write(p []byte) (int, error) {
	defer n.once.Do(func() { close(n.first) })
	return n.Screen.Write(p)
}
