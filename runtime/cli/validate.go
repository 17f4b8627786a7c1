package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newValidate is the verb `validate [FLOW]`.
func newValidate(p *program) *cobra.Command {
	var a validate
	cmd := &cobra.Command{
		Use:   "validate [FLOW]",
		Short: "check a flow without calling a vendor",
		Long: "Checks all of a flow that can be checked without calling a vendor: names, types, references, and what the plugins say about\n" +
			"the arguments of their blocks.",
		Example: "  authrun validate --no-inputs",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	cmd.Flags().BoolVar(&a.flow.noInputs, "no-inputs", false, "take variables and env() without a value as unknown, not as errors")
	cmd.Flags().BoolVar(&a.json, "json", false, "write the diagnostics as JSON, one object a line")
	return cmd
}

type validate struct {
	flow flowFlags
	json bool
}

func (a *validate) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs("validate", args, 1)
	if err != nil {
		return err
	}
	if err := a.flow.check("validate"); err != nil {
		return err
	}
	v, done := a.show(p)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, warned int) error {
		found := f.Validate(ctx)
		v.Diagnostics(found)
		if ctx.Err() != nil || found.HasErrors() {
			return errTold
		}
		if !a.json && !p.common.quiet {
			p.print(verdict(warned + len(found)))
		}
		return nil
	})
}

func (a *validate) show(p *program) (view.View, func()) {
	if a.json {
		return p.showJSON(false, false)
	}
	return p.showText(false)
}

// verdict is the line for a flow without an error.
func verdict(warnings int) string {
	if warnings == 0 {
		return "The flow is valid.\n"
	}
	return fmt.Sprintf("The flow is valid, with %s.\n", view.Count(warnings, "warning"))
}
