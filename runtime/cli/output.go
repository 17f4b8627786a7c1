package cli

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/cli/internal/view"
)

// newOutput is the verb `output [FLOW [NAME]]`.
func newOutput(p *program) *cobra.Command {
	var a output
	cmd := &cobra.Command{
		Use:   "output [FLOW [NAME]]",
		Short: "show the outputs of a flow from what is stored",
		Long: "Shows the outputs of a flow, or the one that is named, from what is stored: no vendor is called. Sensitive values are hidden,\n" +
			"unless --json or --raw asks for them.",
		Example: "  authrun output\n  authrun output flow.hcl im_token --raw",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), p, args) },
	}
	a.flow.add(cmd.Flags())
	a.flow.later = true
	cmd.Flags().BoolVar(&a.json, "json", false, "write one JSON object with the type and value of each, sensitive ones too")
	cmd.Flags().BoolVar(&a.raw, "raw", false, "write the bare value of NAME, a string, number or bool, without a line end")
	return cmd
}

type output struct {
	flow flowFlags
	json bool
	raw  bool
}

func (a *output) run(ctx context.Context, p *program, args []string) error {
	path, rest, err := flowArgs("output", args, 2)
	if err != nil {
		return err
	}
	if err := a.check(len(rest) == 1); err != nil {
		return err
	}
	v, done := p.showText(false)
	defer done()
	return p.withFlow(ctx, v, path, a.flow, func(f flow, _ int) error {
		outputs, ds := f.Outputs(ctx)
		if len(rest) == 1 {
			return a.one(p, v, outputs, ds, rest[0])
		}
		v.Diagnostics(ds)
		text := view.Values(outputs)
		if a.json {
			text = objectLine(view.NamedOutputs(outputs, true))
		}
		p.print(text)
		if ds.HasErrors() {
			return errTold
		}
		return nil
	})
}

func (a *output) check(named bool) error {
	switch {
	case a.raw && !named:
		return usage("output", "--raw needs a flow and the name of an output: \"authrun output . NAME --raw\"")
	case a.raw && a.json:
		return usage("output", "--raw and --json exclude each other")
	}
	return a.flow.check("output")
}

// one prints the output that was named. What is wrong with others does not matter then.
func (a *output) one(p *program, v view.View, outputs []runtime.Output, ds runtime.Diagnostics, name string) error {
	i := slices.IndexFunc(outputs, func(o runtime.Output) bool { return o.Name == name })
	if i < 0 {
		v.Diagnostics(ds)
		if !ds.HasErrors() {
			v.Diagnostics(runtime.Diagnostics{noOutput(name, outputs)})
		}
		return errTold
	}
	v.Diagnostics(warnings(ds))
	o := outputs[i]
	switch {
	case a.json:
		p.print(objectLine(view.NamedOutputs(outputs[i:i+1], true)))
	case a.raw:
		text, ok := bare(o.Value)
		if !ok {
			v.Diagnostics(runtime.Diagnostics{{Severity: runtime.SeverityError, Summary: "No bare value",
				Detail: "The output \"" + name + "\" is no string, number or bool. Use --json to get all of it."}})
			return errTold
		}
		p.print(text)
	default:
		if o.Sensitive {
			v.Event(runtime.Notice{Text: "The value is sensitive; --raw shows it."})
		}
		p.print(view.Value(o, "") + "\n")
	}
	return nil
}

// noOutput is the diagnostic for a name that no output has.
func noOutput(name string, outputs []runtime.Output) runtime.Diagnostic {
	names := make([]string, len(outputs))
	for i, o := range outputs {
		names[i] = o.Name
	}
	detail := "The flow declares no output \"" + name + "\"."
	if near := nearest(name, names); near != "" {
		detail += " Did you mean \"" + near + "\"?"
	} else if len(names) > 0 {
		detail += " It declares " + strings.Join(names, ", ") + "."
	}
	return runtime.Diagnostic{Severity: runtime.SeverityError, Summary: "Unknown output", Detail: detail}
}

func warnings(ds runtime.Diagnostics) runtime.Diagnostics {
	return slices.DeleteFunc(slices.Clone(ds), func(d runtime.Diagnostic) bool { return d.Severity == runtime.SeverityError })
}

// bare is a value without quotes, as a shell wants it; ok is false for one that has parts or is null.
func bare(value json.RawMessage) (text string, ok bool) {
	var parsed any
	dec := json.NewDecoder(strings.NewReader(string(value)))
	dec.UseNumber()
	if dec.Decode(&parsed) != nil {
		return "", false
	}
	switch parsed := parsed.(type) {
	case string:
		return parsed, true
	case json.Number:
		return parsed.String(), true
	case bool:
		return string(value), true
	}
	return "", false
}

// objectLine writes an object as one line of JSON.
func objectLine(object any) string {
	var line strings.Builder
	_ = view.NewEncoder(&line).Encode(object) // cannot fail: names, and what is JSON already
	return line.String()
}
