package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
	"github.com/authrun/authrun/runtime/internal/examine"
)

// newPluginTest is the verb `plugin test BINARY`.
func newPluginTest(p *program) *cobra.Command {
	var a pluginTest
	cmd := &cobra.Command{
		Use:   "test BINARY",
		Short: "check that a plugin does what every plugin must",
		Long: "Runs the conformance suite against a plugin, written in whatever language, and says what its author must mend. There is no network:\n" +
			"the vendor is played by a script, a file of requests to expect and answers to give, as docs/script.md describes it; a file that\n" +
			"\"authrun apply --trace\" wrote is one, too. Without a script only that is checked which needs no answer of the vendor.",
		Example: "  authrun plugin test bin/authrun-plugin-acme\n  authrun plugin test bin/authrun-plugin-acme --script acme.json",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	cmd.Flags().StringVar(&a.script, "script", "", "play the vendor by `FILE`")
	cmd.Flags().BoolVar(&a.allow, "allow-interpreter", false, "start a plugin that is a script by the interpreter that its manifest names")
	cmd.Flags().BoolVar(&a.json, "json", false, "write JSON, one object a line")
	return cmd
}

type pluginTest struct {
	script string
	json   bool
	allow  bool
}

func (a *pluginTest) run(ctx context.Context, p *program, args []string) error {
	switch {
	case len(args) == 0:
		return usage("plugin test", "plugin test needs the path of a plugin")
	case len(args) > 1:
		return usage("plugin test", fmt.Sprintf("%q is one argument too many", args[1]))
	}
	v, done := a.view(p)
	defer done()
	report, err := examine.Plugin(ctx, args[0], examine.Options{Script: a.script, TempDirs: p.tempDirs(), Launcher: p.env.Launcher,
		HostVersion: runtime.Version, AllowInterpreter: a.allow,
		Begins: v.Doing})
	if err != nil {
		v.Diagnostics(diagnose("Cannot test the plugin", err))
		return errTold
	}
	if a.json {
		for _, line := range view.ExaminationLines(report) {
			p.print(objectLine(line))
		}
	} else {
		p.print(p.telling().Examination(args[0], report, a.script != ""))
	}
	if report.Failed() {
		return errTold
	}
	return nil
}

// tempDirs are the folders for temporary files, the person's own first.
func (p *program) tempDirs() []string {
	var dirs []string
	for _, variable := range []string{"TMPDIR", "TEMP"} {
		if dir := p.getenv(variable); dir != "" {
			dirs = append(dirs, dir)
		}
	}
	return append(dirs, string(filepath.Separator)+"tmp") // whose path is short
}

func (a *pluginTest) view(p *program) (view.View, func()) {
	if a.json {
		return p.showJSON(false, false)
	}
	return p.showText(false)
}
