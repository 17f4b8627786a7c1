package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newStatus is the verb `status [FLOW]`.
func newStatus(p *program) *cobra.Command {
	var a status
	cmd := &cobra.Command{
		Use:   "status [FLOW]",
		Short: "show what is stored and what is done with it next",
		Long: "Shows of each credential of a flow whether it lives and until when, what is done with it next, when and by which rule, what failed,\n" +
			"and how much of the vendor's limits is used. It calls no vendor, needs no secrets and shows none. It warns where this machine cannot\n" +
			"hold plugins in a whole sandbox.",
		Example: "  authrun status\n  authrun status flow.hcl --min-life 1h || alert\n  authrun status --all --json",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.flow.later = true
	cmd.Flags().StringArrayVar(&a.targets, "target", nil, "only `ADDRESS`; may be repeated")
	cmd.Flags().Var((*duration)(&a.minLife), "min-life", "exit with 1 where one lives shorter than `DURATION`: 90s, 12h, 7d")
	cmd.Flags().BoolVar(&a.all, "all", false, "all that the store holds, of whatever flow; no FLOW is read")
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object")
	return cmd
}

type status struct {
	flow    flowFlags
	targets []string
	minLife time.Duration
	all     bool
	json    bool
}

func (a *status) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs("status", args, 1)
	if err != nil {
		return err
	}
	if a.all && (len(args) > 0 || len(a.targets) > 0) {
		return usage("status", "--all takes neither a flow nor --target: it shows all of one store")
	}
	if err := a.flow.check("status"); err != nil {
		return err
	}
	v, done := p.showText(false)
	defer done()
	if a.all {
		return p.withStore(ctx, v, a.flow, func(s stored) error {
			found, err := s.Stored(ctx)
			return a.show(p, v, found, s.Sandbox(), err)
		})
	}
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		found, err := f.Status(ctx, runtime.StatusOptions{Targets: a.targets, MinLife: a.minLife})
		return a.show(p, v, found, f.Sandbox(), err)
	})
}

// show prints what was found, and fails where one does not live long enough.
func (a *status) show(p *program, v view.View, found []runtime.Status, held runtime.Sandbox, err error) error {
	if err != nil {
		v.Diagnostics(diagnose("Cannot tell the status", err))
		return errTold
	}
	t := p.telling()
	if a.json {
		credentials := []view.Credential{}
		for _, s := range found {
			credentials = append(credentials, t.Credential(s))
		}
		p.print(objectLine(struct {
			Credentials []view.Credential `json:"credentials"`
			Sandbox     sandbox           `json:"sandbox"`
		}{credentials, sandboxOf(held)}))
	} else {
		var text strings.Builder
		for _, s := range found {
			text.WriteString(t.Status(s, a.all))
		}
		if len(found) == 0 {
			text.WriteString("Nothing is stored.\n")
		}
		p.print(text.String())
		v.Diagnostics(gaps(held))
	}
	for _, s := range found {
		if a.minLife > 0 && !livesFor(s, t.Now, a.minLife) {
			return errTold
		}
	}
	return nil
}

// livesFor tells whether a credential is valid for so long still.
func livesFor(s runtime.Status, now time.Time, d time.Duration) bool {
	return s.State == runtime.StateValid && (s.ExpiresAt.IsZero() || s.ExpiresAt.Sub(now) >= d)
}

// telling is how results tell of times and states.
func (p *program) telling() view.Telling {
	return view.Telling{Style: p.stdout.Style(p.color()), Now: p.now(), Zone: p.env.Zone, Columns: p.columns()}
}
