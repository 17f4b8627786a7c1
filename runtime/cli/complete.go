package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/authrun/authrun/runtime"
)

// completion are the words that a shell offers, and what it may do beside them.
type completion = func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective)

// complete says how the arguments and flags of all verbs are completed, where a shell asks for that. What a verb takes its usage line says: a
// FLOW, an ADDRESS, a NAME.
func (p *program) complete(root *cobra.Command) {
	if len(p.env.Args) == 0 || !strings.HasPrefix(p.env.Args[0], cobra.ShellCompRequestCmd) {
		return
	}
	root.InitDefaultHelpCmd()
	p.completeVerbs(root)
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { p.completeFlag(root, f) })
}

// completeVerbs says that of the verbs of cmd, and of theirs.
func (p *program) completeVerbs(cmd *cobra.Command) {
	for _, verb := range cmd.Commands() {
		if verb.HasSubCommands() {
			p.completeVerbs(verb)
			continue
		}
		verb.ValidArgsFunction = p.completeArgs(arguments(verb.Use))
		verb.Flags().VisitAll(func(f *pflag.Flag) { p.completeFlag(verb, f) })
	}
}

// arguments are the words for what a verb takes, in order: those of its usage line up to its flags.
func arguments(use string) []string {
	words := strings.FieldsFunc(use, func(r rune) bool { return r == ' ' || r == '[' || r == ']' })
	for i, word := range words {
		if word == "flags" || word == "--" {
			words = words[:i]
			break
		}
	}
	return words[1:]
}

// completeArgs completes the arguments that these words stand for.
func (p *program) completeArgs(words []string) completion {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		switch {
		case slices.Contains(p.env.Args, "--"):
			return nil, cobra.ShellCompDirectiveDefault // of a command that is run
		case len(words) > 0 && words[len(words)-1] == "PATH...":
			return []string{"hcl", "hclvars"}, cobra.ShellCompDirectiveFilterFileExt
		case len(args) >= len(words):
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		switch words[len(args)] {
		case "FLOW":
			return []string{"hcl", "hcl.json"}, cobra.ShellCompDirectiveFilterFileExt
		case "ADDRESS":
			return starting(p.names(cmd, args).Addresses, start), cobra.ShellCompDirectiveNoFileComp
		case "NAME":
			return starting(p.names(cmd, args).Outputs, start), cobra.ShellCompDirectiveNoFileComp
		case "SHELL":
			return starting(shells, start), cobra.ShellCompDirectiveNoFileComp
		case "VERB":
			return starting(verbNames(cmd.Root()), start), cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveDefault
	}
}

// completeFlag says how the value of a flag is completed.
func (p *program) completeFlag(cmd *cobra.Command, f *pflag.Flag) {
	_, f.Usage = pflag.UnquoteUsage(f) // which is shown beside its name
	words := func(known ...string) completion {
		return func(_ *cobra.Command, _ []string, start string) ([]string, cobra.ShellCompDirective) {
			return starting(known, start), cobra.ShellCompDirectiveNoFileComp
		}
	}
	var how completion
	switch value := f.Value.(type) {
	case *choice:
		how = words(value.known...)
	}
	switch f.Name {
	case "target", "force":
		how = func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
			return starting(p.names(cmd, args).Addresses, start), cobra.ShellCompDirectiveNoFileComp
		}
	case "var", "var-from":
		how = p.completeVariable
	case "var-file":
		how = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"hclvars", "hclvars.json"}, cobra.ShellCompDirectiveFilterFileExt
		}
	case "script":
		how = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json", "jsonl"}, cobra.ShellCompDirectiveFilterFileExt
		}
	case "plugin-dir":
		how = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	case "by":
		how = words("day", "month")
	case "life", "outage":
		if f.Value.Type() == "stringArray" { // those of simulate
			how = p.completeSupposed
		}
	case "format":
		if cmd.Name() == "token" {
			how = words(tokenFormats...)
		}
	case "log-level":
		how = words("trace", "debug", "info", "warn", "error", "off")
	}
	if how != nil {
		_ = cmd.RegisterFlagCompletionFunc(f.Name, how) // fails only for a flag that has one already
	}
}

// completeSupposed completes the vendor before the equals sign of --life and --outage.
func (p *program) completeSupposed(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, address := range p.names(cmd, args).Addresses {
		if part := strings.SplitN(address, ".", 3); len(part) == 3 && !slices.Contains(names, part[1]+"=") {
			names = append(names, part[1]+"=")
		}
	}
	return starting(names, start), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeVariable completes the name before the equals sign of --var, and a path behind that of --var-from.
func (p *program) completeVariable(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	if strings.Contains(start, "=") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var names []string
	for _, name := range p.names(cmd, args).Variables {
		names = append(names, name+"=")
	}
	return starting(names, start), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// starting are the words that begin with start.
func starting(words []string, start string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !strings.HasPrefix(word, start) })
}

// names reads the flow of a command line that is not finished, and gives its names as far as they are known. Inputs may be missing; of the
// environment only variables of the flow are read. Since no folder of plugins is named, none is started.
func (p *program) names(cmd *cobra.Command, args []string) runtime.Names {
	path := "."
	if len(args) > 0 {
		path = args[0]
	}
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	in := runtime.Inputs{NoInputs: true}
	in.Vars, _ = cmd.Flags().GetStringArray("var")
	in.VarFiles, _ = cmd.Flags().GetStringArray("var-file")
	f, closeFlow, _, err := p.open(ctx, runtime.Options{Env: p.variable, Now: p.env.Now}, path, in)
	if f == nil || err != nil {
		_ = closeFlow()
		return runtime.Names{}
	}
	names := f.Names()
	_ = closeFlow() // nothing was begun
	return names
}

// variable looks up those variables of the environment that set a flow's own.
func (p *program) variable(name string) (string, bool) {
	if !strings.HasPrefix(name, "AUTHRUN_VAR_") || p.env.LookupEnv == nil {
		return "", false
	}
	return p.env.LookupEnv(name)
}
