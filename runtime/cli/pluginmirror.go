package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newPluginMirror is the verb `plugin mirror DIR [FLOW]`.
func newPluginMirror(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "mirror DIR [FLOW]",
		Short: "copy the locked plugins of a flow, for all platforms, into a folder",
		Long: "Copies the plugins that the flow's lock file names, for all platforms, into a folder: for machines without a way to the sources. The\n" +
			"folder, or a server that serves it, stands in for all sources where it is named: authrun init --mirror, or AUTHRUN_PLUGIN_MIRROR.\n" +
			"Several flows may be copied into one folder; what is there and right is not got again.",
		Example: "  authrun plugin mirror /media/stick/plugins\n  authrun init --mirror /media/stick/plugins --locked",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("plugin mirror", "plugin mirror needs a folder to copy the plugins into")
			}
			path, _, err := flowArgs("plugin mirror", args[1:], 1)
			if err != nil {
				return err
			}
			return p.mirror(cmd.Context(), args[0], path)
		},
	}
}

func (p *program) mirror(ctx context.Context, dir, path string) error {
	v, done := p.showText(false)
	defer done()
	return p.withRuntime(v, pluginFlags{}, func(r *runtime.Runtime) error {
		files, ds := r.MirrorPlugins(ctx, dir, path, p.progress(v))
		v.Diagnostics(ds)
		if ds.HasErrors() || ctx.Err() != nil {
			return errTold
		}
		fresh := 0
		for _, f := range files {
			if f.Fresh {
				fresh++
			}
		}
		if !p.common.quiet {
			p.print(fmt.Sprintf("%s has %s; %d of them are new.\n", dir, view.Count(len(files), "executable"), fresh))
		}
		return nil
	})
}
