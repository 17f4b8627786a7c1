package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newEnv is the verb `env [FLOW]`.
func newEnv(p *program) *cobra.Command {
	a := environment{format: choice{value: "dotenv", known: []string{"dotenv", "shell", "json"}}}
	cmd := &cobra.Command{
		Use:   "env [FLOW]",
		Short: "print the outputs that name an environment variable",
		Long: "Makes valid what those outputs need that name an environment variable, and prints these variables, sensitive ones too: as lines of a\n" +
			"dotenv file, as commands for a POSIX shell, or as one JSON object. Nothing is printed where one of them cannot be had.",
		Example: "  eval \"$(authrun env flow.hcl --format shell)\"\n  authrun env > .env",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.flow.later = true
	a.call.add(cmd.Flags())
	cmd.Flags().Var(&a.format, "format", "write them so")
	return cmd
}

type environment struct {
	flow   flowFlags
	call   callFlags
	format choice
}

func (a *environment) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs("env", args, 1)
	if err != nil {
		return err
	}
	if err := a.flow.check("env"); err != nil {
		return err
	}
	v, done := p.showText(false)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		t := newTelling(v)
		vars, err := f.Environment(ctx, a.call.options(), t.event)
		if err != nil {
			return t.failed("Cannot give the variables", err)
		}
		text, err := a.text(vars)
		if err != nil {
			v.Diagnostics(runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: "Cannot be quoted",
				Detail: sentence(err.Error()) + "\n\nUse --format shell or --format json."}})
			return errTold
		}
		p.print(text)
		return nil
	})
}

func (a *environment) text(vars []runtime.EnvVar) (string, error) {
	switch a.format.value {
	case "shell":
		return view.Shell(vars), nil
	case "json":
		values := make(map[string]string, len(vars))
		for _, v := range vars {
			values[v.Name] = v.Value
		}
		return objectLine(values), nil
	}
	return view.Dotenv(vars)
}
