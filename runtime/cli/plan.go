package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newPlan is the verb `plan [FLOW]`.
func newPlan(p *program) *cobra.Command {
	var a plan
	cmd := &cobra.Command{
		Use:   "plan [FLOW]",
		Short: "show what apply would do, without a vendor call",
		Long: "Shows what apply would do with each credential of a flow and why, how many vendor calls that makes, and what it leaves of the\n" +
			"vendors' quotas. It calls no vendor, takes no lock and writes nothing.",
		Example: "  authrun plan\n  authrun plan flow.hcl --detailed-exitcode --json",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.call.add(cmd.Flags())
	cmd.Flags().StringArrayVar(&a.targets, "target", nil, "only `ADDRESS` and what it depends on; may be repeated")
	cmd.Flags().BoolVar(&a.detailed, "detailed-exitcode", false, "exit with 2 where there is something to do: anything but reuse")
	cmd.Flags().BoolVar(&a.json, "json", false, "write the plan as JSON, one object a line")
	return cmd
}

type plan struct {
	flow     flowFlags
	call     callFlags
	targets  []string
	detailed bool
	json     bool
}

func (a *plan) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs("plan", args, 1)
	if err != nil {
		return err
	}
	if err := a.flow.check("plan"); err != nil {
		return err
	}
	v, done := a.show(p)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		t := newTelling(v)
		plan, err := f.Plan(ctx, runtime.ApplyOptions{Targets: a.targets, Force: a.call.force, MinLife: a.call.minLife}, t.event)
		switch {
		case err != nil:
			return t.failed("Cannot plan the flow", err)
		case plan.Failed > 0:
			return errTold
		case a.detailed && !plan.IsDone():
			return statusError(ExitChanges)
		}
		return nil
	})
}

func (a *plan) show(p *program) (view.View, func()) {
	if a.json {
		return p.showJSON(false, false)
	}
	return p.showText(true)
}
