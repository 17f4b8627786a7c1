//go:build unix

package cli

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// executed is `authrun exec` in a process of its own, on a flow with one secret.
type executed struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
}

// execute runs a shell script under exec. The flow's secret, in SECRET, is "opensesame".
func execute(t *testing.T, script string) *executed {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	flow := filepath.Join(home, "flow.hcl")
	text := "variable \"secret\" {\n  type = string\n  sensitive = true\n}\noutput \"secret\" {\n  value = var.secret\n  sensitive = true\n  env = \"SECRET\"\n}\n"
	if err := os.WriteFile(flow, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	x := &executed{t: t, cmd: exec.Command(self)}
	x.cmd.Args = []string{"authrun", "exec", flow, "--quiet", "--", "sh", "-c", script}
	x.cmd.Env = append(os.Environ(), "HOME="+home, "AUTHRUN_VAR_secret=opensesame", "GORACE=atexit_sleep_ms=0")
	x.cmd.Stderr = os.Stderr
	if x.stdin, err = x.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := x.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	x.stdout = bufio.NewReader(out)
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.cmd.Process.Kill() })
	return x
}

// reads waits for exactly this output.
func (x *executed) reads(want string) {
	x.t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(x.stdout, got); err != nil || string(got) != want {
		x.t.Fatalf("read %q and %v, want %q", got[:n], err, want)
	}
}

func (x *executed) writes(text string) {
	x.t.Helper()
	if _, err := io.WriteString(x.stdin, text); err != nil {
		x.t.Fatal(err)
	}
}

// ends waits for the end, and for nothing more to be printed.
func (x *executed) ends(want int) {
	x.t.Helper()
	rest, err := io.ReadAll(x.stdout)
	if err != nil || len(rest) > 0 {
		x.t.Errorf("at the end it printed %q; %v", rest, err)
	}
	_ = x.cmd.Wait()
	if got := x.cmd.ProcessState.ExitCode(); got != want {
		x.t.Errorf("status %d, want %d", got, want)
	}
}

func needShell(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell here")
	}
}

// TestExecForwardsSignals shows that the command gets signals and decides what they mean. HUP comes by Env.Relay here.
func TestExecForwardsSignals(t *testing.T) {
	needShell(t)
	for name, s := range map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "HUP": syscall.SIGHUP} {
		t.Run(name, func(t *testing.T) {
			if signal.Ignored(s) {
				t.Skip("whoever started the tests wants the signal ignored, and a shell cannot trap one that is")
			}
			x := execute(t, `n=0; trap 'echo caught; n=$((n+1)); [ $n -lt 3 ] || exit 0' `+name+`; echo ready; while :; do sleep 0.05; done`)
			x.reads("ready\n")
			for range 2 {
				if err := x.cmd.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
				x.reads("caught\n")
			}
			if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if name == "TERM" {
				x.reads("caught\n")
				x.ends(0)
				return
			}
			x.ends(128 + int(syscall.SIGTERM))
		})
	}
}

// TestExecStreams shows that what the command prints comes at once, also where somebody is to answer it, and that what may be a secret is held
// back for a moment only.
func TestExecStreams(t *testing.T) {
	needShell(t)
	x := execute(t, `printf 'name? '; read n; printf open; read n; printf 'sesame. '; read n; printf opensesa; read n; echo 'me.'; printf 'no end'`)
	x.reads("name? ")
	x.writes("x\n")
	x.reads("open") // shown: too little to be kept for ever
	x.writes("x\n")
	x.reads("(sensitive). ")
	x.writes("x\n")
	x.reads("(sensitive)") // hidden: too much to be shown
	x.writes("x\n")
	x.reads(".\nno end")
	x.ends(0)
}

// TestExecPassesMuch shows that nothing is lost or mixed up, whatever its size and its bytes.
func TestExecPassesMuch(t *testing.T) {
	needShell(t)
	x := execute(t, `cat`)
	block := strings.Repeat("\x00\xff line \n", 1000) + "no secret opensesam\n"
	go func() {
		for range 100 {
			_, _ = io.WriteString(x.stdin, block+"opensesame\n")
		}
		_ = x.stdin.Close()
	}()
	for range 100 {
		x.reads(block + "(sensitive)\n")
	}
	x.ends(0)
}
