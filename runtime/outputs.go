package runtime

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/eval"
)

// Outputs gives the flow's outputs from what is stored, without a vendor call. An output that cannot be known so is left out, and a
// diagnostic says why: something that it needs is not stored, or dead, or its arguments have changed since.
func (f *Flow) Outputs(ctx context.Context) ([]Output, Diagnostics) {
	f = f.fork()
	diags := f.check(ctx)
	if diags.HasErrors() {
		return nil, f.diagnose(diags)
	}
	missing, more := f.recall(ctx)
	if diags = append(diags, more...); diags.HasErrors() {
		return nil, f.diagnose(diags)
	}
	outputs, more := f.outputs(nil)
	diags = append(diags, more...)
	for _, o := range f.model.Outputs {
		if slices.ContainsFunc(outputs, func(known Output) bool { return known.Name == o.Name }) ||
			slices.ContainsFunc(more, func(d *hcl.Diagnostic) bool { return eval.AboutOf(d).Output == o.Name }) {
			continue
		}
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Output is not stored",
			Detail: fmt.Sprintf("The value of this output is not known without a vendor call: %s\n\nRun `authrun apply` first.",
				missing.because(f.scope.OutputRequires(o.Name))), Subject: o.Range.Ptr()})
	}
	return outputs, f.diagnose(diags)
}

// lacking says why the credential of an instance is not at hand.
type lacking map[int]string

func (l lacking) because(instances []int) string {
	for _, i := range instances {
		if why := l[i]; why != "" {
			return why + "."
		}
	}
	return "something that it needs is not stored."
}

// recall makes known what is stored of the flow's credentials and lives, and says why the others are not.
func (f *Flow) recall(ctx context.Context) (lacking, hcl.Diagnostics) {
	missing := lacking{}
	instances, diags := f.scope.Instances()
	settings, more := f.settings()
	if diags = append(diags, more...); diags.HasErrors() {
		return missing, diags
	}
	k, err := f.rt.open(ctx, settings, false)
	if err != nil && !errors.Is(err, errNoStore) {
		summary, _ := words(ClassStore)
		return missing, append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: sentence(err)})
	}
	a := f.applying(ApplyOptions{}, nil)
	a.instances, a.forced = instances, make([]bool, len(instances))
	if k != nil {
		if a.used, err = usedBy(ctx, k.store, f.path); err != nil {
			summary, _ := words(ClassStore)
			return missing, append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: sentence(err)})
		}
	}
	for _, i := range f.scope.Graph().Order() {
		if i >= len(instances) {
			continue // a join of others
		}
		why := "is not stored"
		if k != nil {
			why = f.recallOne(ctx, a, k, i)
		}
		if why != "" {
			missing[i] = instances[i].Addr.String() + " " + why
		}
	}
	return missing, diags
}

// recallOne makes one credential known, or says why not.
func (f *Flow) recallOne(ctx context.Context, a *apply, k *keeping, i int) string {
	instance := a.instances[i]
	if f.broken[instance.Addr.Vendor] != nil {
		return "has a plugin that does not work"
	}
	config, diags := f.scope.Config(instance)
	f.rt.secrets.Add(config.Secrets...)
	if diags.HasErrors() {
		return "has arguments that cannot be evaluated"
	}
	if len(config.Unknown) > 0 && f.ask == nil {
		return "depends on a credential that is not stored"
	}
	valid, found, err := k.keeper.Peek(ctx, a.blockOf(i, config))
	switch {
	case err != nil:
		return "could not be read: " + f.rt.secrets.String(err.Error())
	case found == credential.Nothing && len(config.Unknown) > 0:
		return "is not stored with the arguments that are known; these are not: " + strings.Join(config.Unknown, ", ")
	case found == credential.Nothing:
		return "is not stored with these arguments"
	case found == credential.Dead:
		return "is stored, but has expired"
	}
	if err := f.scope.SetCredential(instance.Addr, valid.Value, valid.ExpiresAt); err != nil {
		return "could not be read: " + f.rt.secrets.String(err.Error())
	}
	return ""
}

// outputs evaluates those outputs that are known and that which tells to, by what they need; nil: all.
func (f *Flow) outputs(which func(name string, needs []int) bool) ([]Output, hcl.Diagnostics) {
	var outputs []Output
	var diags hcl.Diagnostics
	for _, name := range f.scope.OutputNames() {
		if which != nil && !which(name, f.scope.OutputRequires(name)) {
			continue
		}
		o, more := f.scope.Output(name)
		f.rt.secrets.Add(o.Secrets...)
		diags = append(diags, more...)
		if o.Known {
			outputs = append(outputs, Output{Name: o.Name, Type: o.Type, Sensitive: o.Sensitive, Value: o.Value})
		}
	}
	return outputs, diags
}

// settings are the flow's own settings that the runtime needs.
type settings struct {
	Store   string // absolute; empty: the flow says nothing
	KeyFile string // the same
}

func (f *Flow) settings() (settings, hcl.Diagnostics) {
	s, diags := f.scope.Settings()
	return settings{Store: s.Store, KeyFile: s.KeyFile}, diags
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
