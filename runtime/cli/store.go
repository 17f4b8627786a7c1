package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newStore is the verb `store VERB`, under which stand the verbs for a store as a whole.
func newStore(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store VERB",
		Short: "keep the store that holds the credentials",
		Long: "The store holds the sealed credentials and the ledger of vendor calls. It is the file that --store or AUTHRUN_STORE names, or the\n" +
			"flow, or else authrun/authrun.db in the folder for state.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return noVerb(cmd, args[0])
			}
			p.say(strings.TrimSuffix(help(cmd, p.columns()), "\n"))
			return errTold
		},
	}
	cmd.AddCommand(newStoreBackup(p))
	return cmd
}

// newStoreBackup is the verb `store backup PATH [FLOW]`.
func newStoreBackup(p *program) *cobra.Command {
	var a storeBackup
	cmd := &cobra.Command{
		Use:   "backup PATH [FLOW]",
		Short: "copy the store while it is in use",
		Long: "Writes a copy of the store to PATH, which must not be there yet: as the store was at one moment, whoever writes meanwhile, with the\n" +
			"rights 0600. Without a FLOW it is the store that --store or AUTHRUN_STORE names, or the usual one. What is sealed in the copy opens\n" +
			"with the key only, which is not in it: keep a copy of that in another place. To put a copy back, stop every authrun that uses the\n" +
			"store, remove the store's -wal and -shm files, and copy it over the store. Calls made after the copy was taken are not in its\n" +
			"ledger, so no limit counts them then.",
		Example: "  authrun store backup /backup/authrun-monday.db\n  authrun store backup /backup/shop.db ./shop",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.addInputs(cmd.Flags())
	a.flow.later = true
	a.flow.parallelism = 1
	cmd.Flags().StringVar(&a.flow.store, "store", "", "copy the store `FILE` (also AUTHRUN_STORE)")
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object")
	return cmd
}

type storeBackup struct {
	flow flowFlags
	json bool
}

// backer makes copies of a store: a runtime, or a flow.
type backer interface {
	Backup(ctx context.Context, path string) (runtime.Backup, error)
}

func (a *storeBackup) run(ctx context.Context, p *program, args []string) error {
	if len(args) == 0 {
		return usage("store backup", "a backup needs a PATH: where the copy is to be")
	}
	path, _, err := flowArgs("store backup", args[1:], 1)
	if err != nil {
		return err
	}
	v, done := p.showText(true)
	defer done()
	if len(args) == 1 {
		return p.withStore(ctx, v, a.flow, func(s stored) error { return a.copy(ctx, p, v, s, args[0]) })
	}
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error { return a.copy(ctx, p, v, f, args[0]) })
}

// copy makes the copy and tells of it.
func (a *storeBackup) copy(ctx context.Context, p *program, v view.View, b backer, path string) error {
	made, err := b.Backup(ctx, path)
	if err != nil {
		return newTelling(v).failed("Cannot back up the store", err)
	}
	switch {
	case a.json:
		p.print(objectLine(view.BackupJSON(made)))
	case !p.common.quiet:
		p.print(view.Backup(made))
	}
	return nil
}
