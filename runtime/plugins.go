package runtime

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/catalog/lock"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
)

// PluginStatus is what is known of a vendor's plugin.
type PluginStatus struct {
	Vendor  string `json:"vendor"`
	Version string `json:"version,omitempty"` // as the plugin says; empty: it does not work, or is not there
	Path    string `json:"path,omitempty"`    // of the executable that is started; empty: there is none, or it is built into the program
	SHA256  string `json:"sha256,omitempty"`  // "sha256:..." of it
	Builtin bool   `json:"builtin,omitempty"` // inside the program
	Named   bool   `json:"named,omitempty"`   // by --plugin or AUTHRUN_PLUGINS: no lock file holds
	Locked  string `json:"locked,omitempty"`  // version that the flow's lock file names; empty: none
	Source  string `json:"source,omitempty"`  // of the locked one
	Problem string `json:"problem,omitempty"` // why it cannot be started; empty: it can
}

// Plugins lists the plugins at hand: those that are found by their names, those that the user named, and those that the lock file of a flow names, in
// the order of their vendors. A plugin that is not remembered is started to say what it is. Path may be empty, or a folder without a flow: then no
// lock file is looked at. Beside errors in the flow or its lock file there are the plugins that are found by their names.
func (r *Runtime) Plugins(ctx context.Context, path string) ([]PluginStatus, Diagnostics) {
	locked, file, diags := r.lockedBy(path)
	pins, vendors := map[string]catalog.Pin{}, map[string]bool{}
	for _, vendor := range r.catalog.Vendors() {
		vendors[vendor] = true
	}
	for _, p := range locked {
		vendors[p.Vendor] = true
		pins[p.Vendor], _ = pinOf(p, file)
	}
	for vendor := range r.plugins {
		vendors[vendor] = true
	}
	maps.Copy(pins, r.namedPins())
	set := r.catalog.Pinned(pins)
	var all []PluginStatus
	for _, vendor := range slices.Sorted(maps.Keys(vendors)) {
		p, _ := lock.Find(locked, vendor)
		all = append(all, r.pluginStatus(ctx, set, vendor, p))
	}
	return all, diags
}

// lockedBy reads the lock file beside a flow, if there is a flow and one.
func (r *Runtime) lockedBy(path string) (plugins []lock.Plugin, file string, diags Diagnostics) {
	if path == "" {
		return nil, "", nil
	}
	f, _, found := r.requirements(path)
	if found.HasErrors() {
		if entries, err := os.ReadDir(path); err == nil && !slices.ContainsFunc(entries, isHCL) {
			return nil, "", nil
		}
		return nil, "", f.diagnose(found)
	}
	file = lockPath(f.model)
	plugins, _, found = lock.Read(f.model.Place.OpenRegular, file)
	return plugins, file, f.diagnose(found)
}

// isHCL tells whether an entry of a folder may belong to a flow.
func isHCL(e fs.DirEntry) bool {
	return strings.HasSuffix(e.Name(), ".hcl") || strings.HasSuffix(e.Name(), ".hcl.json")
}

func (r *Runtime) pluginStatus(ctx context.Context, set *catalog.Pinned, vendor string, p lock.Plugin) PluginStatus {
	s := PluginStatus{Vendor: vendor, Named: r.plugins[vendor] != "", Locked: p.Version, Source: p.Source}
	found, sum, err := set.Identify(vendor)
	s.Path, s.Builtin = found.Path, found.Builtin
	var changed *catalog.Changed
	var absent *catalog.NotFound
	switch {
	case errors.As(err, &changed):
		s.SHA256, s.Problem = source.Sum(changed.Has).String(), r.hide(sentence(err))
		return s
	case errors.As(err, &absent) && p.Vendor != "":
		s.Problem = "It is locked and not on this machine. Run \"authrun init\"."
		return s
	case err != nil:
		s.Problem = r.hide(sentence(err))
		return s
	case !found.Builtin:
		s.SHA256 = source.Sum(sum).String()
	}
	is, err := set.Describe(ctx, vendor)
	if err != nil {
		s.Problem = r.hide(sentence(err))
	}
	s.Version = is.Version
	return s
}
