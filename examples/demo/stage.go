package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/examples/simulator/server"
)

// stage is where the steps are played: a program, its environment, and the vendors that it calls.
type stage struct {
	authrun string
	env     []string
	vendors *server.Server
	out     io.Writer
}

// play runs one step, shows it, and says what of it was not as it should be.
func (s stage) play(ctx context.Context, step step) error {
	fmt.Fprintf(s.out, "\n# %s\n$ authrun %s\n", step.say, strings.Join(step.args, " "))
	before, began := total(s.vendors), time.Now()
	printed, status, err := s.run(ctx, step.args)
	if err != nil {
		return fmt.Errorf("authrun %s: %w", step.args[0], err)
	}
	if !bytes.HasSuffix(printed, []byte("\n")) {
		fmt.Fprintln(s.out)
	}
	after := total(s.vendors)
	fmt.Fprintf(s.out, "# exit status %d after %d ms; calls of the vendors: %d before, %d after\n",
		status, time.Since(began).Milliseconds(), before, after)
	return step.check(string(printed), status, after-before)
}

// run runs authrun and shows what it prints. A command that ended with any status is no error.
func (s stage) run(ctx context.Context, args []string) (printed []byte, status int, err error) {
	var copied bytes.Buffer
	both := io.MultiWriter(s.out, &copied)
	cmd := exec.CommandContext(ctx, s.authrun, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, both, both // one writer for both: exec calls it from one goroutine
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	err = cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.Exited() {
		err = nil
	}
	return copied.Bytes(), cmd.ProcessState.ExitCode(), err
}

// check compares what came of a step with what has to.
func (step step) check(printed string, status, calls int) error {
	switch {
	case status != step.status:
		return fmt.Errorf("authrun %s ended with status %d, and should with %d", step.args[0], status, step.status)
	case calls != step.calls:
		return fmt.Errorf("authrun %s made %d calls, and should make %d", step.args[0], calls, step.calls)
	case step.revealed != "" && !strings.Contains(printed, step.revealed):
		return fmt.Errorf("authrun %s did not print the value that was asked for", step.args[0])
	}
	for _, secret := range secrets {
		if secret != step.revealed && strings.Contains(printed, secret) {
			return fmt.Errorf("authrun %s printed a secret", step.args[0])
		}
	}
	return nil
}

// total is the number of calls that all vendors got.
func total(vendors *server.Server) (calls int) {
	for _, n := range vendors.Calls() {
		calls += n
	}
	return calls
}

// environment is env for authrun: its folders are below home, and nothing of the user's own settings and secrets gets in.
func environment(env []string, home string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(strings.ToUpper(entry), "=")
		return strings.HasPrefix(name, "AUTHRUN_") || strings.HasPrefix(name, "XDG_") || strings.HasSuffix(name, "_PROXY") ||
			slices.Contains([]string{"HOME", "SIP_ACCESSKEY", "EASEMOB_SECRET", "EKUAIBAO_SECURITY", "LINGJU_APPKEY"}, name)
	})
	return append(env, "HOME="+home,
		"XDG_STATE_HOME="+filepath.Join(home, "state"), "XDG_CONFIG_HOME="+filepath.Join(home, "config"),
		"XDG_CACHE_HOME="+filepath.Join(home, "cache"), "XDG_DATA_HOME="+filepath.Join(home, "data"))
}
