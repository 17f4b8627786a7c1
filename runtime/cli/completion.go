package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// shells are those that commands can be completed in.
var shells = []string{"bash", "zsh", "fish", "powershell"}

// newCompletion is the verb `completion SHELL`.
func newCompletion(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "write the script that completes commands in a shell",
		Long: "Writes the script by which bash, zsh, fish or powershell completes verbs, flags, flow files, addresses and the names of outputs and\n" +
			"variables. Bash needs its package bash-completion. What is completed comes from reading the flow; no vendor is called and no plugin\n" +
			"started.",
		Example: "  bash        source <(authrun completion bash)     # in ~/.bashrc\n" +
			"  zsh         authrun completion zsh > \"${fpath[1]}/_authrun\"\n" +
			"  fish        authrun completion fish > ~/.config/fish/completions/authrun.fish\n" +
			"  powershell  authrun completion powershell | Out-String | Invoke-Expression     # in $PROFILE",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("completion", "completion needs the name of one shell: "+orList(shells))
			}
			return writeCompletion(cmd.Root(), args[0], p.stdout)
		},
	}
}

// writeCompletion writes the script for a shell. Only a name that is no shell's is an error: one of a write is told at the end.
func writeCompletion(root *cobra.Command, shell string, to io.Writer) error {
	switch shell {
	case "bash":
		_ = root.GenBashCompletionV2(to, true)
	case "zsh":
		_ = root.GenZshCompletion(to)
	case "fish":
		_ = root.GenFishCompletion(to, true)
	case "powershell":
		_ = root.GenPowerShellCompletionWithDesc(to)
	default:
		return usage("completion", fmt.Sprintf("there is no completion for %q; use %s", shell, orList(shells)))
	}
	return nil
}
