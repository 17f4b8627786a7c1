package runtime

import (
	"fmt"
	"maps"
	goruntime "runtime"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/catalog/lock"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
	"github.com/authrun/authrun/runtime/internal/catalog/supply"
	"github.com/authrun/authrun/runtime/internal/flow"
)

// platform is what this machine is called in lock files.
var platform = source.Platform(goruntime.GOOS, goruntime.GOARCH)

// locked is which plugins a flow runs with: what its lock file says, and which executables the user named in their place.
type locked struct {
	plugins *catalog.Pinned
	holds   map[string]bool // vendors whose plugin the lock file names
	refused map[string]bool // vendors whose plugin is not looked for, because it is not known which one it must be
	diags   hcl.Diagnostics
}

// locked reads the flow's lock file, once. A flow that has none, and requires no plugin from a source, takes plugins by their names.
func (f *Flow) locked() *locked {
	root := f
	if f.from != nil {
		root = f.from
	}
	root.lockOnce.Do(func() { root.lock = root.readLock() })
	return root.lock
}

// lockPath is where a flow's lock file lies: beside its files, named as they are.
func lockPath(model *flow.Flow) string {
	for name := range model.Files {
		return model.Place.Join(name, "..", lock.Name)
	}
	return model.Place.Join(model.Dir, lock.Name)
}

func (f *Flow) readLock() *locked {
	l := &locked{holds: map[string]bool{}, refused: map[string]bool{}}
	pins := map[string]catalog.Pin{}
	defer func() { l.plugins = f.rt.catalog.Pinned(pins) }()

	path := lockPath(f.model)
	plugins, found, diags := lock.Read(f.model.Place.OpenRegular, path)
	if l.diags = diags; diags.HasErrors() {
		for _, auth := range f.model.Auths {
			l.refused[auth.Vendor] = true
		}
		return l
	}
	for _, p := range plugins {
		pin, ok := pinOf(p, path)
		if !ok && f.rt.plugins[p.Vendor] == "" {
			l.refuse(p.Vendor, "Plugin not locked for this platform", p.Range, fmt.Sprintf("The lock file has no hash of the plugin %s for %s. Run "+
				"\"authrun init\": it adds it where the plugin is published for it.", p.Vendor, platform))
		}
		pins[p.Vendor], l.holds[p.Vendor] = pin, true
	}
	for _, required := range f.model.Settings.RequiredPlugins {
		if required.Source == "" || f.rt.plugins[required.Vendor] != "" {
			continue
		}
		p, _ := lock.Find(plugins, required.Vendor)
		want := supply.Want{Vendor: required.Vendor, Source: required.Source, Version: required.Version}
		if why := supply.Misfit(want, p); why != "" {
			l.refuse(required.Vendor, "Plugin not locked", required.Range, why+whatToDo(found))
		}
	}
	for vendor, file := range f.rt.plugins {
		if _, ok := pins[vendor]; ok {
			l.diags = append(l.diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Plugin not as locked",
				Detail: fmt.Sprintf("The plugin %s is the file %s, as --plugin or AUTHRUN_PLUGINS say, and not the one that the lock file names.", vendor, file)})
		}
	}
	maps.Copy(pins, f.rt.namedPins())
	return l
}

func (l *locked) refuse(vendor, summary string, at hcl.Range, detail string) {
	l.refused[vendor] = true
	l.diags = append(l.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &at})
}

// whatToDo about a lock file that does not fit, or is not there.
func whatToDo(found bool) string {
	if !found {
		return " Run \"authrun init\": it gets the plugins that the flow requires, and writes the lock file."
	}
	return " Run \"authrun init\": it gets the plugins that the flow requires, and makes the lock file fit."
}

// pinOf is the file that a locked plugin must be on this machine; ok is false where the lock file does not say.
func pinOf(p lock.Plugin, path string) (pin catalog.Pin, ok bool) {
	sum, err := source.ParseSum(p.Hashes[platform])
	return catalog.Pin{SHA256: sum, Version: p.Version, Lock: path}, err == nil
}

// namedPins are the executables that the user named.
func (r *Runtime) namedPins() map[string]catalog.Pin {
	pins := make(map[string]catalog.Pin, len(r.plugins))
	for vendor, path := range r.plugins {
		pins[vendor] = catalog.Pin{Path: path}
	}
	return pins
}
