package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
)

// newExec is the verb `exec [FLOW] -- CMD [ARG...]`.
func newExec(p *program) *cobra.Command {
	var a execution
	cmd := &cobra.Command{
		Use:   "exec [FLOW] [flags] -- CMD [ARG...]",
		Short: "run a command with the outputs that name an environment variable",
		Long: "Makes valid what those outputs need that name an environment variable, and runs a command with these variables added to its\n" +
			"environment. Secrets are hidden in what the command prints. It gets the standard input and the signals, and authrun ends with its\n" +
			"exit status: 128 and the number of a signal that ended it, 127 where there is no such command, 126 where it cannot be run. Nothing is\n" +
			"run where one of the variables cannot be had.",
		Example: "  authrun exec -- ./deploy.sh --all\n  authrun exec flow.hcl --min-life 1h -- sh -c 'curl -H \"X-Token: $TOKEN\" https://api.example'",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd.Context(), p, args, cmd.ArgsLenAtDash())
		},
	}
	a.flow.add(cmd.Flags())
	a.flow.later = true
	a.call.add(cmd.Flags())
	return cmd
}

type execution struct {
	flow flowFlags
	call callFlags
}

func (a *execution) run(ctx context.Context, p *program, args []string, dash int) error {
	if dash < 0 || dash == len(args) {
		return usage("exec", missingCommand(args))
	}
	path, _, err := flowArgs("exec", args[:dash], 1)
	if err != nil {
		return err
	}
	if err := a.flow.check("exec"); err != nil {
		return err
	}
	// Looked for first: what cannot be run is worth no call.
	program, status := p.find(args[dash])
	if status != 0 {
		return statusError(status)
	}
	c := command{path: program, args: args[dash:], env: p.environ(), stdin: p.env.Stdin, relay: p.env.Relay}
	if err := a.prepare(ctx, p, path, &c); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return errTold
	}
	signals, release := p.takeSignals()
	defer release()
	status, err = c.run(ctx, signals)
	if err != nil {
		p.complain(fmt.Sprintf("%s cannot be run: %v", args[dash], err))
	}
	return statusError(status)
}

// prepare makes the variables, and what hides secrets, and ends all that this took: plugins do not run as long as the command does.
func (a *execution) prepare(ctx context.Context, p *program, path string, c *command) error {
	v, done := p.showText(false)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		t := newTelling(v)
		vars, err := f.Environment(ctx, a.call.options(), t.event)
		if err != nil {
			return t.failed("Cannot give the variables", err)
		}
		for _, v := range vars {
			c.env = append(c.env, v.Name+"="+v.Value)
		}
		c.stdout, c.stderr = f.Mask(p.stdout), f.Mask(p.stderr)
		return nil
	})
}

// mask is a *[runtime.Mask].
type mask interface {
	io.WriteCloser
	Pause() error
}

var _ mask = (*runtime.Mask)(nil)

// find finds the executable of a command. Where there is none it says so, and gives the exit status that shells have for that.
func (p *program) find(name string) (path string, status int) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, 0
	case errors.Is(err, exec.ErrDot):
		p.complain(fmt.Sprintf("%s is in the current folder only. Name it by its path to run it: ./%s", name, name))
		return "", ExitNoCommand
	case errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist):
		p.complain(fmt.Sprintf("There is no command %s.", name))
		return "", ExitNoCommand
	}
	reason := err
	if inner := errors.Unwrap(err); inner != nil {
		reason = inner
	}
	p.complain(fmt.Sprintf("%s cannot be run: %v.", name, reason))
	return "", ExitCannotRun
}

// environ is the environment of the process.
func (p *program) environ() []string {
	if p.env.Environ == nil {
		return nil
	}
	return p.env.Environ()
}

// missingCommand says how a command is given; people leave out the dashes.
func missingCommand(args []string) string {
	example := "CMD"
	if len(args) > 0 {
		example = strings.Join(args, " ")
	}
	return "exec needs a command behind two dashes: \"authrun exec -- " + example + "\""
}
