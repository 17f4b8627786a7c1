package runtime

import (
	"context"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/credential"
)

// checks asks the plugins that know more of a configuration than their schema says, about every block whose arguments are known. That starts
// these plugins; it makes no vendor call.
func (f *Flow) checks(ctx context.Context) hcl.Diagnostics {
	var diags hcl.Diagnostics
	instances, _ := f.scope.Instances()
	for _, instance := range instances {
		vendor := instance.Addr.Vendor
		if !f.schemas[vendor].Checks || f.broken[vendor] != nil || ctx.Err() != nil {
			continue
		}
		config, wrong := f.scope.Config(instance)
		f.rt.secrets.Add(config.Secrets...)
		if !config.Known || wrong.HasErrors() {
			continue
		}
		plugin, err := f.locked().plugins.Plugin(ctx, vendor)
		if err == nil {
			found, failed := plugin.Check(ctx, config.JSON)
			diags, err = append(diags, problems(f.scope, instance, found)...), failed
		}
		if err != nil {
			summary, _ := words(ClassPlugin)
			detail := sentence(err) + lastWords(&credential.Failed{Err: err})
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: instance.Auth.Range.Ptr()})
		}
	}
	return diags
}
