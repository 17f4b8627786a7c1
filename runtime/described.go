package runtime

import (
	"context"

	"github.com/authrun/authrun/runtime/internal/catalog/source"
	"github.com/authrun/authrun/sdk"
)

// DescribePlugin says what the plugin of a vendor is, and what it says of itself: the one that [Options.Plugins] names, or the one that is found by its
// name. A plugin that is not remembered is started for it, in its sandbox. The error says why it cannot be.
func (r *Runtime) DescribePlugin(ctx context.Context, vendor string) (PluginStatus, sdk.Description, error) {
	set := r.catalog.Pinned(r.namedPins())
	s := PluginStatus{Vendor: vendor, Named: r.plugins[vendor] != ""}
	found, sum, err := set.Identify(vendor)
	if err != nil {
		return s, sdk.Description{}, err
	}
	if s.Path, s.Builtin = found.Path, found.Builtin; !s.Builtin {
		s.SHA256 = source.Sum(sum).String()
	}
	d, err := set.Describe(ctx, vendor)
	if err != nil {
		return s, sdk.Description{}, err
	}
	s.Version = d.Version
	return s, d, nil
}
