package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newKey is the verb `key VERB`, under which stand the verbs for the key that seals a store.
func newKey(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key VERB",
		Short: "change the key that seals the store",
		Long: "What the store holds of credentials is sealed with a key. It comes from AUTHRUN_KEY, from the command in AUTHRUN_KEY_COMMAND, or from\n" +
			"a file: the one that AUTHRUN_KEY_FILE names, or the flow, or else authrun/key in the folder for configuration. A source may give\n" +
			"several keys, a line each, the newest one first. Keys have names of eight digits, which tell nothing of them.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return noVerb(cmd, args[0])
			}
			p.say(strings.TrimSuffix(help(cmd, p.columns()), "\n"))
			return errTold
		},
	}
	cmd.AddCommand(newKeyRotate(p), newKeyForget(p), newKeyNew(p))
	return cmd
}

// newKeyRotate is the verb `key rotate [FLOW]`.
func newKeyRotate(p *program) *cobra.Command {
	a := keyChange{verb: "key rotate"}
	cmd := &cobra.Command{
		Use:   "rotate [FLOW]",
		Short: "seal the store with a new key",
		Long: "Writes a new key before the others into the key file, and seals all that the store holds with it; where the file has a newer key\n" +
			"already than the store is sealed with, it takes that one. It may be interrupted and run again, and whatever uses the store goes on\n" +
			"meanwhile. The older keys stay in the file, because other stores and copies of this one may need them, until `authrun key forget`\n" +
			"or --forget-old takes them off. Keys of AUTHRUN_KEY and AUTHRUN_KEY_COMMAND authrun cannot write: let these give a new key, which\n" +
			"`authrun key new` prints, before the present one, and run it then. Without a FLOW it is the store that --store or AUTHRUN_STORE\n" +
			"names, or the usual one.",
		Example: "  authrun key rotate\n  authrun key rotate ./shop --forget-old",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.add(cmd)
	cmd.Flags().BoolVar(&a.forget, "forget-old", false, "take the older keys off the key file in the end")
	return cmd
}

// newKeyForget is the verb `key forget [FLOW]`.
func newKeyForget(p *program) *cobra.Command {
	a := keyChange{verb: "key forget", forget: true, only: true}
	cmd := &cobra.Command{
		Use:   "forget [FLOW]",
		Short: "take the keys of before a rotation off the key file",
		Long: "Takes the keys off the key file that are older than the one that seals the store. It refuses where the store needs one of them; whether\n" +
			"another store does that has the same key file, or a copy of this one, it cannot know, and asks. What they sealed there cannot be read\n" +
			"any more. Without a FLOW it is the store that --store or AUTHRUN_STORE names, or the usual one.",
		Example: "  authrun key forget\n  authrun key forget ./shop --yes",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.add(cmd)
	return cmd
}

// newKeyNew is the verb `key new`.
func newKeyNew(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "new",
		Short: "print a new key",
		Long: "Prints a new key, a line, for AUTHRUN_KEY, for what the command in AUTHRUN_KEY_COMMAND reads, or for a file. It is stored nowhere and\n" +
			"shown once. A key file needs none: it is made at first use.",
		Example: "  authrun key new >/run/secrets/authrun-key",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("key new", fmt.Sprintf("%q is one argument too many", args[0]))
			}
			v, done := p.showText(false)
			defer done()
			return p.withStore(cmd.Context(), v, flowFlags{parallelism: 1}, func(s stored) error {
				key, err := s.NewKey()
				if err != nil {
					return newTelling(v).failed("Cannot make a key", err)
				}
				p.print(key)
				return nil
			})
		},
	}
}

// keyChange changes the keys of a store.
type keyChange struct {
	verb   string
	flow   flowFlags
	forget bool // takes old keys away, too
	only   bool // does nothing else
	yes    bool
	json   bool
}

func (a *keyChange) add(cmd *cobra.Command) {
	a.flow.addInputs(cmd.Flags())
	a.flow.later = true
	a.flow.parallelism = 1
	cmd.Flags().StringVar(&a.flow.store, "store", "", "the store is `FILE` (also AUTHRUN_STORE)")
	cmd.Flags().BoolVar(&a.yes, "yes", false, "do not ask before keys are forgotten")
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object")
}

// rotator changes the keys of a store: a runtime, or a flow.
type rotator interface {
	RotateKey(ctx context.Context, o runtime.RotateOptions) (runtime.Rotation, error)
	ForgetKeys(ctx context.Context) (runtime.Rotation, error)
}

func (a *keyChange) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs(a.verb, args, 1)
	if err != nil {
		return err
	}
	if a.forget && !a.yes && !p.ask("What older keys sealed in other stores, or in copies of this one, cannot be read any more. Forget them?") {
		return usage(a.verb, "older keys are forgotten with --yes only where nobody can be asked: what they sealed in other stores, or in copies of "+
			"this one, cannot be read any more")
	}
	v, done := p.showText(true)
	defer done()
	if len(args) == 0 {
		return p.withStore(ctx, v, a.flow, func(s stored) error { return a.change(ctx, p, v, s) })
	}
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error { return a.change(ctx, p, v, f) })
}

// change does the work and tells of it.
func (a *keyChange) change(ctx context.Context, p *program, v view.View, r rotator) error {
	var done runtime.Rotation
	var err error
	if a.only {
		done, err = r.ForgetKeys(ctx)
	} else {
		done, err = r.RotateKey(ctx, runtime.RotateOptions{ForgetOld: a.forget})
	}
	if err != nil {
		return newTelling(v).failed("Cannot change the key", err)
	}
	if done.Warning != "" {
		v.Diagnostics(runtime.Diagnostics{{Severity: runtime.SeverityWarning, Summary: "Key file is open to others", Detail: done.Warning}})
	}
	switch {
	case a.json:
		p.print(objectLine(view.RotationJSON(done)))
	case !p.common.quiet:
		p.print(view.Rotation(done))
	}
	return nil
}
