package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newInit is the verb `init [FLOW]`.
func newInit(p *program) *cobra.Command {
	var a initialize
	cmd := &cobra.Command{
		Use:   "init [FLOW]",
		Short: "get the plugins that a flow requires, and lock them",
		Long: "Gets the plugins that required_plugins names from their sources, shows what each declares, and writes their versions and hashes into\n" +
			".authrun.lock.hcl beside the flow, which is to be kept with it: from then on the flow runs with these plugins, on every machine and\n" +
			"platform. What is locked and fits stays. Each plugin is started once, in its sandbox, to say what it is; no vendor is called.",
		Example: "  authrun init\n  authrun init --upgrade\n  authrun init flows/ --locked        # in CI: fail where the lock file would change",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.plugins.add(cmd.Flags())
	cmd.Flags().BoolVar(&a.options.Upgrade, "upgrade", false, "take the newest versions that fit, not those that are locked")
	cmd.Flags().BoolVar(&a.options.Locked, "locked", false, "fail where the lock file would have to change")
	cmd.Flags().StringVar(&a.options.Mirror, "mirror", "", "ask the folder or server at `ADDRESS` in place of every source (also AUTHRUN_PLUGIN_MIRROR)")
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object")
	return cmd
}

type initialize struct {
	plugins pluginFlags
	options runtime.InitOptions
	json    bool
}

func (a *initialize) run(ctx context.Context, p *program, args []string) error {
	path, _, err := flowArgs("init", args, 1)
	if err != nil {
		return err
	}
	if a.options.Upgrade && a.options.Locked {
		return usage("init", "--upgrade and --locked do not go together: one changes what is locked, the other forbids it")
	}
	v, done := p.showText(false)
	defer done()
	return p.withRuntime(v, a.plugins, func(r *runtime.Runtime) error {
		did, ds := r.Init(ctx, path, a.options, p.progress(v))
		v.Diagnostics(ds)
		switch {
		case ds.HasErrors() || ctx.Err() != nil:
			return errTold
		case a.json:
			p.print(objectLine(initObjectOf(did)))
		case !p.common.quiet:
			p.print(initialized(did))
		}
		return nil
	})
}

// initialized says what was done: each plugin, what it declares where it is new, and what is to be done with the lock file.
func initialized(did runtime.Initialized) string {
	var b strings.Builder
	for _, plugin := range did.Plugins {
		b.WriteString(pluginLine(plugin) + "\n")
		if plugin.Source != "" && plugin.Before != plugin.Version {
			b.WriteString(declared(plugin))
		}
	}
	switch {
	case len(did.Plugins) == 0:
		b.WriteString("The flow needs no plugin.\n")
	case did.Changed:
		b.WriteString("\nWrote " + did.Lock + ". Keep it with the flow.\n")
	case did.Lock != "":
		b.WriteString("\n" + did.Lock + " is as it was.\n")
	}
	return b.String()
}

// pluginLine is a plugin, its version, and where it comes from.
func pluginLine(plugin runtime.InstalledPlugin) string {
	line := plugin.Vendor + " " + plugin.Version
	switch {
	case plugin.Source == "" && plugin.Path == "":
		return line + "  built in"
	case plugin.Source == "":
		return line + "  found as " + plugin.Path + "; it has no source and is not locked"
	}
	line += "  from " + plugin.Source
	switch plugin.Before {
	case plugin.Version:
	case "":
		line += " (new)"
	default:
		line += " (was " + plugin.Before + ")"
	}
	return line
}

// declared is what a plugin declares, indented, with its hash.
func declared(plugin runtime.InstalledPlugin) string {
	lines := append(view.Declared(plugin.Description), "hash    "+plugin.SHA256)
	return "  " + strings.Join(lines, "\n  ") + "\n"
}

// initObject is what --json prints.
type initObject struct {
	Lock    string         `json:"lock,omitempty"`
	Changed bool           `json:"changed"`
	Plugins []pluginObject `json:"plugins"`
}

// pluginObject is a plugin in its place.
type pluginObject struct {
	Vendor  string `json:"vendor"`
	Version string `json:"version"`
	Before  string `json:"before,omitempty"` // version that was locked before
	Source  string `json:"source,omitempty"`
	Path    string `json:"path,omitempty"`
	SHA256  string `json:"sha256,omitempty"`

	Interpreter []string `json:"interpreter,omitempty"` // of a script
	Reads       []string `json:"reads,omitempty"`       // of a script
}

func initObjectOf(did runtime.Initialized) initObject {
	o := initObject{Lock: did.Lock, Changed: did.Changed, Plugins: []pluginObject{}}
	for _, plugin := range did.Plugins {
		o.Plugins = append(o.Plugins, pluginObjectOf(plugin))
	}
	return o
}

func pluginObjectOf(p runtime.InstalledPlugin) pluginObject {
	return pluginObject{Vendor: p.Vendor, Version: p.Version, Before: p.Before, Source: p.Source, Path: p.Path, SHA256: p.SHA256,
		Interpreter: p.Interpreter, Reads: p.Reads}
}

// withRuntime opens the runtime for the work of a verb that applies no flow.
func (p *program) withRuntime(v view.View, flags pluginFlags, work func(r *runtime.Runtime) error) (err error) {
	logger, err := p.logger(v)
	if err != nil {
		return err
	}
	all := flowFlags{pluginFlags: flags, parallelism: 1}
	r, err := runtime.Open(all.options(p.env, logger))
	if err != nil {
		v.Diagnostics(diagnose("Cannot start", err))
		return errTold
	}
	defer func() {
		if closeErr := r.Close(); closeErr != nil {
			v.Diagnostics(diagnose("Cannot end in order", closeErr))
			err = errors.Join(err, errTold)
		}
	}()
	return work(r)
}

// progress tells what takes time.
func (p *program) progress(v view.View) func(string) {
	if p.common.quiet {
		return nil
	}
	return func(text string) { v.Event(runtime.Notice{Text: text}) }
}
