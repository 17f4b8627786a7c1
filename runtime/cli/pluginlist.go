package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
)

// newPluginList is the verb `plugin list [FLOW]`.
func newPluginList(p *program) *cobra.Command {
	var a pluginList
	cmd := &cobra.Command{
		Use:   "list [FLOW]",
		Short: "show the plugins at hand: version, file, hash, locked or not",
		Long: "Shows the plugins that are found, with the flow's own where it locks some: the version, the file that is started, its hash, and whether\n" +
			"the lock file names it. It exits with 1 where one of them cannot be started.",
		Example: "  authrun plugin list\n  authrun plugin list flows/ --json",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.plugins.add(cmd.Flags())
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object")
	return cmd
}

type pluginList struct {
	plugins pluginFlags
	json    bool
}

func (a *pluginList) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs("plugin list", args, 1)
	if err != nil {
		return err
	}
	v, done := p.showText(false)
	defer done()
	return p.withRuntime(v, a.plugins, func(r *runtime.Runtime) error {
		plugins, ds := r.Plugins(ctx, path)
		v.Diagnostics(ds)
		if ctx.Err() != nil {
			return errTold
		}
		if a.json {
			p.print(objectLine(map[string]any{"plugins": append([]runtime.PluginStatus{}, plugins...)}))
		} else {
			p.print(listed(plugins))
		}
		if ds.HasErrors() {
			return errTold
		}
		for _, plugin := range plugins {
			if plugin.Problem != "" {
				return errTold
			}
		}
		return nil
	})
}

// listed is a line for each plugin, and one more for its file and hash.
func listed(plugins []runtime.PluginStatus) string {
	if len(plugins) == 0 {
		return "There are no plugins.\n"
	}
	var b strings.Builder
	for _, s := range plugins {
		line := strings.TrimSpace(s.Vendor + " " + s.Version)
		switch {
		case s.Builtin:
			line += "  built in"
		case s.Named:
			line += "  named by --plugin or AUTHRUN_PLUGINS"
		case s.Locked != "":
			line += "  locked: " + s.Locked + " from " + s.Source
		}
		b.WriteString(line + "\n")
		if s.Path != "" {
			b.WriteString("  " + s.Path + "\n")
		}
		if s.SHA256 != "" {
			b.WriteString("  " + s.SHA256 + "\n")
		}
		if s.Problem != "" {
			b.WriteString("  " + s.Problem + "\n")
		}
	}
	return terminal.Visible(b.String())
}
