package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newGraph is the verb `graph [FLOW]`.
func newGraph(p *program) *cobra.Command {
	a := drawing{format: choice{value: "dot", known: []string{"dot", "mermaid"}}}
	cmd := &cobra.Command{
		Use:   "graph [FLOW]",
		Short: "draw what of a flow needs what",
		Long: "Draws the auth blocks of a flow and what needs what, for Graphviz or Mermaid: an arrow leads from a block to one that it needs. No\n" +
			"vendor is called, and inputs may be missing.",
		Example: "  authrun graph | dot -Tsvg > flow.svg\n  authrun graph flow.hcl --format mermaid --instances --outputs",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.addInputs(cmd.Flags())
	cmd.Flags().Var(&a.format, "format", "write it for Graphviz (dot) or Mermaid (mermaid)")
	cmd.Flags().BoolVar(&a.draw.Instances, "instances", false, "draw every instance of for_each and count")
	cmd.Flags().BoolVar(&a.draw.Outputs, "outputs", false, "draw the outputs, too")
	return cmd
}

type drawing struct {
	flow   flowFlags
	format choice
	draw   view.GraphOptions
}

func (a *drawing) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs("graph", args, 1)
	if err != nil {
		return err
	}
	v, done := p.showText(false)
	defer done()
	a.flow.noInputs = true
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		g, ds := f.Graph(ctx)
		v.Diagnostics(ds)
		text := view.DOT(g, a.draw)
		if a.format.value == "mermaid" {
			text = view.Mermaid(g, a.draw)
		}
		p.print(text)
		if ds.HasErrors() {
			return errTold
		}
		return nil
	})
}
