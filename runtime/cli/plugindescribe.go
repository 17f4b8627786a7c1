package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/terminal"
	"github.com/authrun/authrun/runtime/cli/internal/view"
	"github.com/authrun/authrun/runtime/internal/reference"
	"github.com/authrun/authrun/sdk"
)

// described are the verbs that ask one plugin what it is.
type described struct {
	verb    string
	plugins pluginFlags
	json    bool
	write   string
}

func (a *described) command(p *program, short, long, example string, show func(v view.View, s runtime.PluginStatus, d sdk.Description) error) *cobra.Command {
	cmd := &cobra.Command{
		Use: a.verb + " VENDOR|BINARY", Short: short, Long: long, Example: example,
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args, show) },
	}
	a.plugins.add(cmd.Flags())
	return cmd
}

func (a *described) run(ctx context.Context, p *program, args []string, show func(v view.View, s runtime.PluginStatus, d sdk.Description) error) error {
	verb := "plugin " + a.verb
	switch {
	case len(args) == 0:
		return usage(verb, verb+" needs the name of a vendor, or the path of a plugin")
	case len(args) > 1:
		return usage(verb, fmt.Sprintf("%q is one argument too many", args[1]))
	}
	v, done := p.showText(false)
	defer done()
	vendor, flags := args[0], a.plugins
	if named, ok := pluginAt(args[0]); ok {
		vendor = named
		flags.plugins = append(append([]string{}, flags.plugins...), named+"="+args[0])
	}
	return p.withRuntime(v, flags, func(r *runtime.Runtime) error {
		status, d, err := r.DescribePlugin(ctx, vendor)
		if err != nil {
			v.Diagnostics(diagnose("Cannot describe the plugin", err))
			return errTold
		}
		if err := show(v, status, d); err != nil {
			v.Diagnostics(diagnose("Cannot write the reference", err))
			return errTold
		}
		return nil
	})
}

// pluginAt tells the vendor of a plugin that is named by its path, as everything is that has a separator in it or is a file here.
func pluginAt(name string) (vendor string, ok bool) {
	if !strings.ContainsRune(name, filepath.Separator) && !strings.ContainsRune(name, '/') {
		if info, err := os.Stat(name); err != nil || info.IsDir() || !strings.HasPrefix(name, "authrun-plugin-") {
			return "", false
		}
	}
	base := strings.TrimSuffix(filepath.Base(name), ".exe")
	return strings.TrimPrefix(base, "authrun-plugin-"), true
}

// newPluginDescribe is the verb `plugin describe VENDOR|BINARY`.
func newPluginDescribe(p *program) *cobra.Command {
	a := &described{verb: "describe"}
	cmd := a.command(p, "show what a plugin declares: addresses, secrets, abilities, limits",
		"Shows what a plugin may do before a flow uses it: where its calls go, which secrets it gets, what it can do, the limits that it keeps to, and\n"+
			"what holds it to that on this machine. Nothing is called.",
		"  authrun plugin describe easemob\n  authrun plugin describe ./authrun-plugin-acme --json",
		func(_ view.View, s runtime.PluginStatus, d sdk.Description) error {
			if a.json {
				p.print(objectLine(struct {
					runtime.PluginStatus
					Description sdk.Description `json:"description"`
				}{s, d}))
				return nil
			}
			p.print(terminal.Visible(describedText(s, d)))
			return nil
		})
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object, the schema included")
	return cmd
}

// describedText is what a plugin is and declares, in lines.
func describedText(s runtime.PluginStatus, d sdk.Description) string {
	var b strings.Builder
	b.WriteString(s.Vendor + " " + s.Version)
	if s.Builtin {
		b.WriteString("  built in")
	}
	b.WriteString("\n")
	if doc, _, _ := strings.Cut(d.Doc, "\n\n"); doc != "" {
		b.WriteString("  " + strings.Join(strings.Fields(doc), " ") + "\n\n")
	}
	for _, line := range view.Declared(d) {
		b.WriteString("  " + line + "\n")
	}
	if s.SHA256 != "" {
		b.WriteString("  hash    " + s.SHA256 + "\n")
	}
	if s.Path != "" {
		b.WriteString("  path    " + s.Path + "\n")
	}
	return b.String()
}

// newPluginSchema is the verb `plugin schema VENDOR|BINARY`.
func newPluginSchema(p *program) *cobra.Command {
	a := &described{verb: "schema"}
	return a.command(p, "write a plugin's schema as JSON",
		"Writes all that a plugin says of itself as indented JSON: arguments with their rules, attributes, abilities, limits, token. It is what\n"+
			"an editor or a generator of flows needs.",
		"  authrun plugin schema easemob",
		func(_ view.View, _ runtime.PluginStatus, d sdk.Description) error {
			text, err := json.MarshalIndent(d, "", "  ")
			if err != nil {
				return err
			}
			p.print(string(text) + "\n")
			return nil
		})
}

// newPluginDocs is the verb `plugin docs VENDOR|BINARY`.
func newPluginDocs(p *program) *cobra.Command {
	a := &described{verb: "docs"}
	cmd := a.command(p, "write a plugin's reference as Markdown",
		"Writes the reference of a plugin from its schema: arguments and their rules, attributes, operations, limits and tokens. With --write the\n"+
			"reference in a page is made anew, between two lines that mark its place; the rest of the page is its author's.",
		"  authrun plugin docs easemob > easemob.md\n  authrun plugin docs bin/authrun-plugin-acme --write README.md",
		func(v view.View, _ runtime.PluginStatus, d sdk.Description) error {
			if a.write == "" {
				p.print(reference.Page(d))
				return nil
			}
			changed, err := writeReference(a.write, d)
			if err == nil && !p.common.quiet {
				if changed {
					v.Event(runtime.Notice{Text: "Wrote the reference in " + a.write + "."})
				} else {
					v.Event(runtime.Notice{Text: "The reference in " + a.write + " is as it should be."})
				}
			}
			return err
		})
	cmd.Flags().StringVar(&a.write, "write", "", "make the reference in the page `FILE` anew")
	return cmd
}

// writeReference makes the reference in a page anew, and tells whether it was another one.
func writeReference(file string, d sdk.Description) (changed bool, err error) {
	page, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("there is no file %s: write the page first; without --write its text is printed", file)
	}
	if err != nil {
		return false, err
	}
	text, err := reference.Insert(string(page), reference.Markdown(d))
	if err != nil || text == string(page) {
		return false, err
	}
	return true, replace(file, []byte(text))
}
