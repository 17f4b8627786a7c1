package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// newRoot joins the verbs. Each is one file.
func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "authrun VERB [FLOW [ARGUMENT]] [flags]",
		Short: "keep the API tokens of many vendors valid",
		Long: "authrun keeps the API tokens of many vendors valid: reused while they live, renewed before they die, and never with one vendor call\n" +
			"more than needed. A flow is a file or folder of HCL that declares them; it is the folder you are in where none is named.",
		// Flags are read by the verbs; for the program itself that is done in withoutVerb, so that a mistyped verb is told as one.
		DisableFlagParsing: true,
		Args:               cobra.ArbitraryArgs,
		RunE:               p.withoutVerb,
		SilenceErrors:      true,
		SilenceUsage:       true,
		CompletionOptions:  cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	p.common.add(root.PersistentFlags())
	root.Flags().Bool("version", false, "show the version of authrun")
	root.SetIn(p.env.Stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(flagProblem)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { p.print(help(cmd, p.columns())) })
	root.AddCommand(newApply(p), newPlan(p), newStatus(p), newExplain(p), newHistory(p), newRevoke(p), newImport(p), newValidate(p), newOutput(p), newToken(p), newVersion(p))
	root.AddCommand(newFmt(p), newGraph(p), newEnv(p), newExec(p), newConsole(p), newCompletion(p), newStore(p), newKey(p), newPlugin(p), newInit(p), newSimulate(p))
	root.SetHelpCommand(newHelp(p))
	p.complete(root)
	return root
}

// withoutVerb answers a command line that names no verb, or none that there is.
func (p *program) withoutVerb(root *cobra.Command, args []string) error {
	flags := root.Flags()
	err := flags.Parse(args)
	words := flags.Args()
	if err != nil {
		words = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return strings.HasPrefix(arg, "-") })
	}
	asked, _ := flags.GetBool("help")
	version, _ := flags.GetBool("version")
	switch {
	case len(words) > 0:
		return noVerb(root, words[0])
	case err != nil:
		return flagProblem(root, err)
	case asked:
		return root.Help()
	case version:
		return newVersion(p).RunE(root, nil)
	}
	p.say(strings.TrimSuffix(help(root, p.columns()), "\n"))
	return errTold
}

func verbNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}
