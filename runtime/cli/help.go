package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// newHelp is the verb `help [VERB]`.
func newHelp(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB]",
		Short: "show what a verb does and which flags it takes",
		RunE: func(cmd *cobra.Command, args []string) error {
			about := cmd.Root()
			for _, name := range args {
				found := verbOf(about, name)
				if found == nil {
					return noVerb(about, name)
				}
				about = found
			}
			return about.Help()
		},
	}
}

// verbOf is the verb of that name among those of cmd, nil where there is none.
func verbOf(cmd *cobra.Command, name string) *cobra.Command {
	for _, c := range cmd.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

// help is the text on a verb, or on the program. columns is the width of the screen; 0 where it is none.
func help(cmd *cobra.Command, columns int) string {
	if columns == 0 || columns > 120 {
		columns = 120
	}
	var text strings.Builder
	about := strings.ReplaceAll(cmd.Long, "\n", " ")
	if about == "" {
		about = strings.ToUpper(cmd.Short[:1]) + cmd.Short[1:] + "."
	}
	text.WriteString(strings.Join(terminal.Wrap(about, columns), "\n") + "\n\nUsage: " + useLine(cmd) + "\n")
	if cmd.Example != "" {
		text.WriteString("\nExamples:\n" + cmd.Example + "\n")
	}
	if cmd.HasAvailableSubCommands() {
		text.WriteString("\nVerbs:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(&text, "  %-10s %s\n", c.Name(), c.Short)
			}
		}
	}
	if flags := cmd.LocalNonPersistentFlags(); flags.HasAvailableFlags() {
		text.WriteString("\nFlags:\n" + flags.FlagUsagesWrapped(columns))
	}
	common := cmd.InheritedFlags()
	if !cmd.HasParent() {
		common = cmd.PersistentFlags()
	}
	if common.HasAvailableFlags() {
		text.WriteString("\nCommon flags:\n" + common.FlagUsagesWrapped(columns))
	}
	if cmd.HasAvailableSubCommands() {
		text.WriteString("\nRun \"" + cmd.CommandPath() + " VERB --help\" for the flags of a verb.\n")
	}
	return text.String()
}

func useLine(cmd *cobra.Command) string {
	line := strings.TrimSuffix(cmd.CommandPath(), cmd.Name()) + cmd.Use
	if strings.Contains(line, "[flags]") {
		return line
	}
	return line + " [flags]"
}
