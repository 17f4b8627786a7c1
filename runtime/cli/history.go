package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newHistory is the verb `history [FLOW [ADDRESS]]`.
func newHistory(p *program) *cobra.Command {
	var a history
	cmd := &cobra.Command{
		Use:   "history [FLOW [ADDRESS]]",
		Short: "show the vendor calls that were made",
		Long: "Shows the vendor calls of a flow, or of one of its credentials, the newest last: when, for which block, what for, what came of it, how\n" +
			"long it took, which generation it brought, and which process made it.",
		Example: "  authrun history\n  authrun history flow.hcl auth.lingju.a --limit 10\n  authrun history --all --json",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.flow.later = true
	cmd.Flags().IntVar(&a.limit, "limit", 0, "only the last `N`")
	cmd.Flags().BoolVar(&a.all, "all", false, "all that the store knows of, of whatever flow; no FLOW is read")
	cmd.Flags().BoolVar(&a.json, "json", false, "write JSON, one object a line")
	return cmd
}

type history struct {
	flow  flowFlags
	limit int
	all   bool
	json  bool
}

func (a *history) run(ctx context.Context, p *program, args []string) error {
	path, rest, err := flowArgs("history", args, 2)
	if err != nil {
		return err
	}
	switch {
	case a.all && len(args) > 0:
		return usage("history", "--all takes no flow: it shows all of one store")
	case a.limit < 0:
		return usage("history", "--limit "+errNegative.Error())
	}
	if err := a.flow.check("history"); err != nil {
		return err
	}
	v, done := a.view(p)
	defer done()
	if a.all {
		return p.withStore(ctx, v, a.flow, func(s stored) error {
			rows, err := s.Exchanges(ctx)
			return a.show(p, v, rows, err)
		})
	}
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		rows, err := f.History(ctx, rest...)
		return a.show(p, v, rows, err)
	})
}

func (a *history) view(p *program) (view.View, func()) {
	if a.json {
		return p.showJSON(false, false)
	}
	return p.showText(false)
}

func (a *history) show(p *program, v view.View, rows []runtime.Exchange, err error) error {
	if err != nil {
		v.Diagnostics(diagnose("Cannot show the history", err))
		return errTold
	}
	if a.limit > 0 && len(rows) > a.limit {
		rows = rows[len(rows)-a.limit:]
	}
	if !a.json {
		p.print(p.telling().History(rows))
		return nil
	}
	for _, e := range rows {
		p.print(objectLine(view.ExchangeOf(e)))
	}
	return nil
}
