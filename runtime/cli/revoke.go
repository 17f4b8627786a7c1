package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newRevoke is the verb `revoke [FLOW [ADDRESS]]`.
func newRevoke(p *program) *cobra.Command {
	var a revoke
	cmd := &cobra.Command{
		Use:   "revoke [FLOW [ADDRESS]]",
		Short: "end credentials at their vendors, and forget them",
		Long: "Ends the credentials of a flow, or one of them, at their vendors where these can do that, and forgets them; what cannot be ended\n" +
			"is named, with the time when it dies by itself. Where a vendor failed its credential is kept. It asks before it forgets a living one\n" +
			"whose vendor allows a limited number of calls.",
		Example: "  authrun revoke flow.hcl auth.easemob.im\n  authrun revoke flow.hcl --yes",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	cmd.Flags().BoolVar(&a.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&a.json, "json", false, "write what happens as JSON, one object a line")
	return cmd
}

type revoke struct {
	flow flowFlags
	yes  bool
	json bool
}

func (a *revoke) run(ctx context.Context, p *program, args []string) error {
	path, rest, err := flowArgs("revoke", args, 2)
	if err != nil {
		return err
	}
	if err := a.flow.check("revoke"); err != nil {
		return err
	}
	v, done := a.show(p)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		t := newTelling(v)
		r, err := f.Revoke(ctx, runtime.RevokeOptions{Targets: rest, Confirm: func(addresses []string) bool { return a.confirm(p, addresses) }}, t.event)
		if err != nil {
			return t.failed("Cannot revoke", err)
		}
		if r.Failed > 0 {
			return errTold
		}
		return nil
	})
}

// confirm asks the person at the terminal; where nobody sits there the answer is no.
func (a *revoke) confirm(p *program, addresses []string) bool {
	return a.yes || p.ask("Getting "+strings.Join(addresses, ", ")+" again costs a call that the vendor counts. Forget it?")
}

func (a *revoke) show(p *program) (view.View, func()) {
	if a.json {
		return p.showJSON(false, false)
	}
	return p.showText(true)
}
