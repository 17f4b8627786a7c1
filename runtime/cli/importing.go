package cli

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
)

// newImport is the verb `import FLOW ADDRESS`.
func newImport(p *program) *cobra.Command {
	var a importing
	cmd := &cobra.Command{
		Use:   "import FLOW ADDRESS",
		Short: "put a token that you hold already under care, without a vendor call",
		Long: "Reads a token from standard input, or a JSON object of it and further attributes, and stores it as the credential of an auth block, as\n" +
			"if it had been got now. No vendor is called.",
		Example: "  authrun import . auth.lingju.kiosk --life 30d <token.txt",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	cmd.Flags().Var((*duration)(&a.life), "life", "it lives for `DURATION`: 90s, 12h, 7d")
	cmd.Flags().StringVar(&a.expiresAt, "expires-at", "", "it lives until `TIME`, as 2026-11-30T16:00:00Z")
	cmd.Flags().BoolVar(&a.never, "never", false, "it never expires")
	cmd.Flags().StringArrayVar(&a.attributes, "attr", nil, "a further attribute, `NAME=VALUE`; may be repeated")
	return cmd
}

type importing struct {
	flow       flowFlags
	life       time.Duration
	expiresAt  string
	never      bool
	attributes []string
}

func (a *importing) run(ctx context.Context, p *program, args []string) error {
	path, rest, err := flowArgs("import", args, 2)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usage("import", missingAddress("import", args))
	}
	if err := a.flow.check("import"); err != nil {
		return err
	}
	in, err := a.read(p)
	if err != nil {
		return err
	}
	v, done := p.showText(true)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		c, err := f.Import(ctx, rest[0], in)
		if err != nil {
			return newTelling(v).failed("Cannot import the credential", err)
		}
		if !p.common.quiet {
			p.print(p.telling().Imported(c) + "\n")
		}
		return nil
	})
}

// read gathers the credential: its life from the flags, its value from them and standard input.
func (a *importing) read(p *program) (runtime.Imported, error) {
	in := runtime.Imported{Life: a.life, Texts: map[string]string{}}
	ways := 0
	for _, way := range []bool{a.life > 0, a.expiresAt != "", a.never} {
		if way {
			ways++
		}
	}
	if ways != 1 {
		return in, usage("import", "import needs one of --life, --expires-at and --never: how long the token still lives")
	}
	if a.expiresAt != "" {
		at, err := time.Parse(time.RFC3339, a.expiresAt)
		if err != nil {
			return in, usage("import", "--expires-at needs a time such as 2026-11-30T16:00:00Z")
		}
		if in.Life = at.Sub(p.now()); in.Life <= 0 {
			return in, usage("import", "--expires-at lies in the past: the token is dead")
		}
	}
	for _, pair := range a.attributes {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return in, usage("import", "--attr needs NAME=VALUE")
		}
		in.Texts[name] = value
	}
	text, err := readLine(p.env.Stdin)
	switch {
	case err != nil:
		return in, usage("import", "the token could not be read from standard input: "+err.Error())
	case text == "":
		return in, usage("import", "import reads the token from standard input, and there is none")
	case strings.HasPrefix(text, "{") && json.Valid([]byte(text)):
		in.Value = json.RawMessage(text)
	case strings.ContainsFunc(text, unicode.IsControl):
		return in, usage("import", "what stands on standard input is no token: it has several lines, or control characters. Give the token alone, "+
			"or a JSON object")
	default:
		in.Value, err = json.Marshal(map[string]string{"token": text})
	}
	return in, err
}
