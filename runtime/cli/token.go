package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newToken is the verb `token FLOW ADDRESS`.
func newToken(p *program) *cobra.Command {
	var a token
	cmd := &cobra.Command{
		Use:   "token FLOW ADDRESS",
		Short: "make one credential valid and print its token",
		Long: "Makes the credential of one auth block valid, and what it depends on if a vendor must be called, and prints the bare token.\n" +
			"A token that lives is printed without a call.",
		Example: "  TOKEN=$(authrun token . auth.easemob.im)",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.flow.later = true
	a.call.add(cmd.Flags())
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object with token, generation and expires_at")
	return cmd
}

type token struct {
	flow flowFlags
	call callFlags
	json bool
}

// tokenObject is what --json prints. expires_at is null for a token that never expires.
type tokenObject struct {
	Token      string  `json:"token"`
	Generation uint64  `json:"generation"`
	ExpiresAt  *string `json:"expires_at"`
}

func (a *token) run(ctx context.Context, p *program, args []string) error {
	path, rest, err := flowArgs("token", args, 2)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usage("token", missingAddress(args))
	}
	if err := a.flow.check("token"); err != nil {
		return err
	}
	v, done := p.showText(false)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		t := newTelling(v)
		c, err := f.Credential(ctx, rest[0], runtime.ApplyOptions{Force: a.call.force, MinLife: a.call.minLife}, t.event)
		if err != nil {
			return t.failed("Cannot give the token", err)
		}
		text := c.Token + "\n"
		if a.json {
			text = objectLine(tokenObject{Token: c.Token, Generation: c.Generation, ExpiresAt: view.Time(c.ExpiresAt)})
		}
		p.print(text)
		return nil
	})
}

// missingAddress says how to name both FLOW and ADDRESS; people leave out the first.
func missingAddress(args []string) string {
	address := "auth.VENDOR.NAME"
	if len(args) == 1 && strings.HasPrefix(args[0], "auth.") {
		address = args[0]
	}
	return "token needs a flow and the address of an auth block in it: \"authrun token . " + address + "\""
}
