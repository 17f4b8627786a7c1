package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
)

// newToken is the verb `token FLOW ADDRESS`.
func newToken(p *program) *cobra.Command {
	var a token
	cmd := &cobra.Command{
		Use:   "token FLOW ADDRESS",
		Short: "make one credential valid and print its token",
		Long: "Makes the credential of one auth block valid, and what it depends on if a vendor must be called, and prints the bare token.\n" +
			"A token that lives is printed without a call.",
		Example: "  TOKEN=$(authrun token . auth.easemob.im)\n" +
			"  authrun token . auth.easemob.im --format curl | curl --config - https://a1.easemob.com/...",
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.flow.later = true
	a.call.add(cmd.Flags())
	cmd.Flags().StringVar(&a.refused, "refused", "", "the token on standard input was refused, `-`: replace it, if it is still the stored one")
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object with token, generation and expires_at")
	cmd.Flags().StringVar(&a.format, "format", "", "write it as `FORMAT`: raw, json, kubernetes (an ExecCredential for kubectl) or curl (options for curl --config -)")
	return cmd
}

type token struct {
	flow    flowFlags
	call    callFlags
	json    bool
	format  string
	refused string
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
		return usage("token", missingAddress("token", args))
	}
	if err := a.flow.check("token"); err != nil {
		return err
	}
	switch {
	case a.format != "" && !slices.Contains(tokenFormats, a.format):
		return usage("token", "there is no format "+a.format+didYouMean(a.format, tokenFormats, ""))
	case a.format != "" && a.json && a.format != "json":
		return usage("token", "--json and --format "+a.format+" contradict each other")
	case a.json:
		a.format = "json"
	}
	refused, err := a.readRefused(p)
	if err != nil {
		return err
	}
	v, done := p.showText(false)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		t := newTelling(v)
		c, err := f.Credential(ctx, rest[0], runtime.ApplyOptions{Force: a.call.force, MinLife: a.call.minLife, Refused: refused}, t.event)
		if err != nil {
			return t.failed("Cannot give the token", err)
		}
		text, err := p.formattedToken(a.format, c)
		if err != nil {
			return t.failed("Cannot write the token", err)
		}
		p.print(text)
		return nil
	})
}

// readRefused reads the token that a consumer saw refused. It comes on standard input, because others of the machine see arguments.
func (a *token) readRefused(p *program) (string, error) {
	switch {
	case a.refused == "":
		return "", nil
	case a.refused != "-":
		return "", usage("token", "--refused takes the token on standard input, where nobody else sees it: \"--refused -\"")
	case slices.ContainsFunc(a.flow.varsFrom, func(pair string) bool { return strings.HasSuffix(pair, "=-") }):
		return "", usage("token", "--refused and --var-from cannot both read standard input")
	}
	text, err := readLine(p.env.Stdin)
	if err == nil && text == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", fmt.Errorf("the refused token could not be read from standard input: %w", err)
	}
	return text, nil
}

// missingAddress says how to name both FLOW and ADDRESS; people leave out the first.
func missingAddress(verb string, args []string) string {
	address := "auth.VENDOR.NAME"
	if len(args) == 1 && strings.HasPrefix(args[0], "auth.") {
		address = args[0]
	}
	return verb + " needs a flow and the address of an auth block in it: \"authrun " + verb + " . " + address + "\""
}
