package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
)

// newExplain is the verb `explain [FLOW] ADDRESS`.
func newExplain(p *program) *cobra.Command {
	var flags flowFlags
	cmd := &cobra.Command{
		Use:   "explain FLOW ADDRESS",
		Short: "say in sentences how a credential is and what happens to it next",
		Long: "Says of one credential what is stored, what is done with it next and by which rule, and what happens if the vendor stays down. It calls\n" +
			"no vendor, needs no secrets and shows none.",
		Example: "  authrun explain . auth.easemob.im",
		RunE: func(cmd *cobra.Command, args []string) error {
			return explain(cmd.Context(), p, flags, args)
		},
	}
	flags.add(cmd.Flags())
	flags.later = true
	return cmd
}

func explain(ctx context.Context, p *program, flags flowFlags, args []string) error {
	path, rest, err := flowArgs("explain", args, 2)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usage("explain", missingAddress("explain", args))
	}
	if err := flags.check("explain"); err != nil {
		return err
	}
	v, done := p.showText(false)
	defer done()
	return p.withFlow(ctx, v, path, flags, func(f flow, _ int) error {
		found, err := f.Status(ctx, runtime.StatusOptions{Targets: rest})
		if err != nil {
			v.Diagnostics(diagnose("Cannot explain", err))
			return errTold
		}
		var texts []string
		for _, s := range found {
			texts = append(texts, p.telling().Explain(s))
		}
		p.print(strings.Join(texts, "\n"))
		return nil
	})
}
