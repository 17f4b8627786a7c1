package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newApply is the verb `apply [FLOW]`.
func newApply(p *program) *cobra.Command {
	var a apply
	cmd := &cobra.Command{
		Use:   "apply [FLOW]",
		Short: "make every credential of a flow valid",
		Long: "Makes every credential of a flow valid: one that lives is reused without a call, one near its end is renewed, and where there is\n" +
			"none it is acquired. What does not depend on each other is done at the same time; a block that fails does not stop the others.",
		Example: "  authrun apply\n  authrun apply flow.hcl --var im_secret=... --target auth.easemob.im\n  authrun apply flow.hcl --keep",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.call.add(cmd.Flags())
	cmd.Flags().StringArrayVar(&a.targets, "target", nil, "only `ADDRESS` and what it depends on; may be repeated")
	cmd.Flags().BoolVar(&a.keep, "keep", false, "stay, and keep every credential alive until a signal comes")
	cmd.Flags().BoolVar(&a.offline, "offline", false, "make no vendor call: only what is stored and lives is valid")
	cmd.Flags().IntVar(&a.maxCalls, "max-calls", 0, "make at most `N` vendor calls; 0: as many as needed")
	cmd.Flags().StringVar(&a.trace, "trace", "", "write each operation with a vendor to the new `FILE`, its secrets and other texts hidden")
	cmd.Flags().BoolVar(&a.json, "json", false, "write what happens as JSON, one object a line")
	cmd.Flags().BoolVar(&a.showSensitive, "show-sensitive", false, "with --json: write the values of sensitive outputs, too")
	return cmd
}

type apply struct {
	flow          flowFlags
	call          callFlags
	targets       []string
	keep          bool
	offline       bool
	maxCalls      int
	trace         string
	json          bool
	showSensitive bool
}

func (a *apply) run(ctx context.Context, p *program, args []string) (err error) {
	path, _, err := flowArgs("apply", args, 1)
	if err != nil {
		return err
	}
	if err := a.flow.check("apply"); err != nil {
		return err
	}
	if a.showSensitive && !a.json {
		return usage("apply", "--show-sensitive works with --json only; \"authrun output . NAME --raw\" shows one value")
	}
	if a.maxCalls < 0 {
		return usage("apply", "--max-calls "+errNegative.Error())
	}
	if a.keep && (a.offline || a.maxCalls > 0) {
		return usage("apply", "--keep makes the calls that are needed; --offline and --max-calls are for one run")
	}
	v, done := a.show(p)
	defer done()
	o := a.options()
	if a.trace != "" {
		var end func() error
		if o.Trace, end, err = p.traceTo(v, a.trace); err != nil {
			v.Diagnostics(diagnose("Cannot trace", err))
			return errTold
		}
		defer func() { err = errors.Join(err, end()) }()
	}
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		t := newTelling(v)
		if a.keep {
			// What fails is tried again; a signal ends it as it should.
			if _, err := f.Keep(ctx, o, t.event); err != nil {
				return t.failed("Cannot keep the flow", err)
			}
			return nil
		}
		summary, err := f.Apply(ctx, o, t.event)
		if err != nil {
			return t.failed("Cannot apply the flow", err)
		}
		if summary.Failed > 0 || summary.Skipped > 0 {
			return errTold
		}
		return nil
	})
}

func (a *apply) options() runtime.ApplyOptions {
	return runtime.ApplyOptions{Targets: a.targets, Force: a.call.force, MinLife: a.call.minLife, Offline: a.offline, MaxCalls: a.maxCalls}
}

func (a *apply) show(p *program) (view.View, func()) {
	if a.json {
		return p.showJSON(true, a.showSensitive)
	}
	return p.showText(true)
}
