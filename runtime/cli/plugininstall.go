package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
)

// newPluginInstall is the verb `plugin install WHAT`.
func newPluginInstall(p *program) *cobra.Command {
	var a pluginInstall
	cmd := &cobra.Command{
		Use:   "install PATH|SOURCE[@VERSION]",
		Short: "put a plugin where every flow finds it by its name",
		Long: "Puts a plugin into the user's folder of plugins, from where flows take it that do not say where theirs comes from: an executable at a\n" +
			"path, or the newest version, or the one that is named, from a source that ends in the vendor's name. It is started once, in its\n" +
			"sandbox, to say what it is. A flow that is to run with the same plugin everywhere names its source in required_plugins instead.\n\n" +
			"A script, with a manifest beside it that names its interpreter, is installed only with --allow-interpreter. That is your consent to\n" +
			"start it, as long as the script and its manifest are as they are now. Without it you see what would run, and what it may read.",
		Example: "  authrun plugin install ./authrun-plugin-acme\n  authrun plugin install oci://ghcr.io/acme/authrun-plugin-acme@1.2.0\n" +
			"  authrun plugin install 'https://plugins.example.com/authrun/acme@~> 1.2'",
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	cmd.Flags().BoolVar(&a.allow, "allow-interpreter", false, "consent to a plugin that is a script")
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object")
	return cmd
}

type pluginInstall struct{ json, allow bool }

func (a *pluginInstall) run(ctx context.Context, p *program, args []string) error {
	switch {
	case len(args) == 0:
		return usage("plugin install", "plugin install needs the path of an executable, or a source that ends in a vendor's name")
	case len(args) > 1:
		return usage("plugin install", fmt.Sprintf("%q is one argument too many", args[1]))
	}
	v, done := p.showText(false)
	defer done()
	return p.withRuntime(v, pluginFlags{}, func(r *runtime.Runtime) error {
		plugin, err := r.InstallPlugin(ctx, args[0], runtime.InstallOptions{AllowInterpreter: a.allow}, p.progress(v))
		if err != nil {
			v.Diagnostics(diagnose("Plugin not installed", err))
			return errTold
		}
		if plugin.Behind != "" {
			v.Diagnostics(runtime.Diagnostics{{Severity: runtime.SeverityWarning, Summary: "Another plugin comes first",
				Detail: fmt.Sprintf("Flows that name no source take %s, which is found before what was installed. Remove it, or name the one that is "+
					"wanted: --plugin %s=%s", plugin.Behind, plugin.Vendor, plugin.Path)}})
		}
		switch {
		case a.json:
			p.print(objectLine(pluginObjectOf(plugin)))
		case !p.common.quiet:
			p.print(strings.TrimSuffix(pluginLine(plugin), " (new)") + "\n" + declared(plugin) + interpreted(plugin) + "  path    " + plugin.Path + "\n")
		}
		return nil
	})
}

// interpreted is what the user consented to with a script, in lines; none for a program.
func interpreted(plugin runtime.InstalledPlugin) string {
	if len(plugin.Interpreter) == 0 {
		return ""
	}
	text := "  runs    by " + strings.Join(plugin.Interpreter, " ") + "\n"
	for _, path := range plugin.Reads {
		text += "  reads   " + path + "\n"
	}
	return text
}
