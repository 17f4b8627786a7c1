package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// Prompts of the console: for an expression, and for a line in which one goes on.
const (
	prompt         = "> "
	promptToGoOn   = "| "
	consoleWelcome = "Type an expression. Tab completes, the arrow keys bring back earlier lines, \"exit\" ends."
)

// newConsole is the verb `console [FLOW]`.
func newConsole(p *program) *cobra.Command {
	var a console
	cmd := &cobra.Command{
		Use:   "console [FLOW]",
		Short: "evaluate expressions against a flow and what is stored",
		Long: "Evaluates expressions, one a line, against the variables, locals and functions of a flow and what is stored of its credentials; no\n" +
			"vendor is called, and sensitive values are hidden. Where a bracket is open an expression goes on in the next line. Without a terminal\n" +
			"the expressions come from the standard input, and the exit status is 1 where one of them fails.",
		Example: "  authrun console\n  echo 'formatdate(\"DD MMM\", auth.easemob.im.expires_at)' | authrun console flow.hcl",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.flow.later = true
	return cmd
}

type console struct{ flow flowFlags }

// evaluator is what the verb needs of a *[runtime.Console].
type evaluator interface {
	Evaluate(text string) (value string, unknown []string, ds runtime.Diagnostics)
	GoesOn(text string) bool
	Complete(text string) (from int, words []string)
}

func (a *console) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs("console", args, 1)
	if err != nil {
		return err
	}
	if err := a.flow.check("console"); err != nil {
		return err
	}
	v, done := p.showText(false)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		c, ds := f.Console(ctx)
		v.Diagnostics(ds)
		return p.converse(ctx, v, c)
	})
}

// converse evaluates expressions until there are no more. The error is errTold where one failed and nobody sat there to see it.
func (p *program) converse(ctx context.Context, v view.View, c evaluator) error {
	d := p.openDialogue(c)
	defer d.close()
	failed := false
	for p.stdout.Err() == nil {
		text, err := d.expression(ctx, c)
		switch {
		case errors.Is(err, io.EOF):
			if failed && !d.isTerminal() {
				return errTold
			}
			return nil
		case errors.Is(err, terminal.ErrAbandoned):
			continue
		case err != nil:
			v.Diagnostics(diagnose("Cannot read the standard input", err))
			return errTold
		}
		value, unknown, ds := c.Evaluate(text)
		v.Diagnostics(ds)
		if ds.HasErrors() {
			failed = true
			continue
		}
		p.print(p.visible(value) + "\n")
		for _, why := range unknown {
			v.Event(runtime.Notice{Text: why + "."})
		}
	}
	return nil // nobody reads the results, which is told at the end
}

// visible makes text safe for a terminal; a program gets it as it is.
func (p *program) visible(text string) string {
	if p.stdout.IsTerminal() {
		return terminal.Visible(text)
	}
	return text
}

// expression reads the next expression: a line, and those in which it goes on. Empty lines and comments are passed over. The error is io.EOF at
// the end of the input, and where the person wants to end.
func (d *dialogue) expression(ctx context.Context, c evaluator) (string, error) {
	text, ask := "", prompt
	for {
		line, err := d.line(ctx, ask)
		if errors.Is(err, io.EOF) && text != "" {
			return text, nil // an open bracket is told as an error, and the end comes again
		}
		if err != nil {
			return "", err
		}
		if text == "" {
			line = strings.TrimSpace(line)
			switch {
			case line == "exit" || line == "quit":
				return "", io.EOF
			case line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//"):
				continue
			}
			text = line
		} else {
			text += "\n" + line
		}
		if !c.GoesOn(text) {
			return text, nil
		}
		ask = promptToGoOn
	}
}
