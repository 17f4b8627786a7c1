package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// newPlugin is the verb `plugin VERB`, under which stand the verbs for those who write and keep plugins.
func newPlugin(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plugin VERB",
		Short: "write, check and keep the plugins of vendors",
		Long: "A plugin is the executable authrun-plugin-VENDOR that knows how one vendor hands out tokens. These verbs are for those who write\n" +
			"plugins and those who keep them.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return noVerb(cmd, args[0])
			}
			p.say(strings.TrimSuffix(help(cmd, p.columns()), "\n"))
			return errTold
		},
	}
	cmd.AddCommand(newPluginNew(p), newPluginTest(p))
	cmd.AddCommand(newPluginDescribe(p), newPluginSchema(p), newPluginDocs(p))
	cmd.AddCommand(newPluginInstall(p), newPluginMirror(p), newPluginList(p))
	return cmd
}
