package runtime

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/catalog/lock"
	"github.com/authrun/authrun/runtime/internal/catalog/source"
	"github.com/authrun/authrun/runtime/internal/catalog/supply"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/sdk"
)

// InitOptions are the settings of one [Runtime.Init].
type InitOptions struct {
	// Upgrade takes the newest versions that fit the flow's constraints, not those that are locked.
	Upgrade bool
	// Locked changes nothing that is locked: where the flow does not fit its lock file any more that is an error.
	Locked bool
	// Mirror is the address of a folder or server that is asked in place of every source. Empty: what AUTHRUN_PLUGIN_MIRROR says, else none.
	Mirror string
}

// Initialized is what [Runtime.Init] did.
type Initialized struct {
	Plugins []InstalledPlugin // of the flow, in the order of their vendors
	Lock    string            // path of the lock file; empty where the flow requires no plugin from a source
	Changed bool              // the lock file was written
}

// InstalledPlugin is a plugin in its place.
type InstalledPlugin struct {
	Vendor      string
	Version     string
	Before      string   // version that was locked before; empty: none
	Source      string   // address; empty: it was found by its name and is not locked
	Path        string   // of the executable; empty: it is built into the program
	SHA256      string   // "sha256:..." of it; empty where it was found by its name
	Fetched     bool     // it was got now
	Behind      string   // of one that was installed by its name: the file that is found before it, and taken; empty: none
	Interpreter []string // of a script that was installed, and its arguments; nil: it is a program
	Reads       []string // of a script: what it may read beside itself, its interpreter and the system's libraries
	Description sdk.Description
}

// Init gets the plugins that a flow requires from their sources, and writes its lock file: version and hashes of each, for all platforms. What is
// locked and fits stays. Each plugin is started once, in its sandbox, to say what it is. It reads no variables and calls no vendor. Where the
// diagnostics have errors the lock file is as it was. tell, if not nil, gets a sentence on each thing that takes time.
func (r *Runtime) Init(ctx context.Context, path string, o InitOptions, tell func(string)) (Initialized, Diagnostics) {
	f, required, diags := r.requirements(path)
	if diags.HasErrors() {
		return Initialized{}, f.diagnose(diags)
	}
	if o.Upgrade && o.Locked {
		return Initialized{}, Diagnostics{{Severity: SeverityError, Summary: "Contradictory options",
			Detail: "What is locked cannot be upgraded and left as it is at the same time."}}
	}
	var done Initialized
	locked, found, lockDiags := lock.Read(f.model.Place.OpenRegular, lockPath(f.model))
	if diags = append(diags, lockDiags...); diags.HasErrors() {
		return Initialized{}, f.diagnose(diags)
	}
	wants := wantsOf(required)
	if len(wants) > 0 || found {
		done.Lock = lockPath(f.model)
	}
	info, err := os.Stat(path)
	mode := supply.Mode{Upgrade: o.Upgrade, Locked: o.Locked, Partial: err == nil && !info.IsDir()}
	taken, next, err := r.supply(f.model.Dir, done.Lock, o.Mirror, tell).Init(ctx, wants, locked, mode)
	if diags = append(diags, f.supplyDiagnostics(err, required)...); diags.HasErrors() {
		return Initialized{}, f.diagnose(diags)
	}
	others, more := f.named(ctx, wants, next)
	if diags = append(diags, more...); diags.HasErrors() {
		return Initialized{}, f.diagnose(diags)
	}
	for _, t := range taken {
		done.Plugins = append(done.Plugins, installed(t))
	}
	done.Plugins = append(done.Plugins, others...)
	slices.SortFunc(done.Plugins, func(a, b InstalledPlugin) int { return strings.Compare(a.Vendor, b.Vendor) })
	if done.Lock != "" && !o.Locked {
		if done.Changed, err = lock.Write(done.Lock, next); err != nil {
			diags = append(diags, failed("Lock file not written", fmt.Errorf("the plugins are in their place, but the lock file could not be written: %w", err)))
		}
	}
	return done, f.diagnose(diags)
}

// requirements reads a flow as far as its plugins are concerned: no variable has a value yet.
func (r *Runtime) requirements(path string) (f *Flow, required []flow.RequiredPlugin, diags hcl.Diagnostics) {
	model, diags := flow.Load(path)
	f = &Flow{rt: r, path: path, model: model}
	f.hiddenOnce.Do(f.hideAllBut)
	required = slices.SortedFunc(slices.Values(model.Settings.RequiredPlugins), func(a, b flow.RequiredPlugin) int {
		return strings.Compare(a.Vendor, b.Vendor)
	})
	return f, required, diags
}

// hideAllBut hides in snippets every literal but those of required_plugins: without schemas it is not known which are secrets.
func (f *Flow) hideAllBut() {
	for name, file := range f.model.Files {
		if file == nil {
			continue
		}
		for _, literal := range flow.Literals(file.Bytes, name) {
			if !slices.ContainsFunc(f.model.Settings.RequiredPlugins, func(p flow.RequiredPlugin) bool { return within(literal, p.Range) }) {
				f.hiddenRanges = append(f.hiddenRanges, literal)
			}
		}
	}
}

// within tells whether a place lies in another one.
func within(inner, outer hcl.Range) bool {
	return inner.Filename == outer.Filename && inner.Start.Byte >= outer.Start.Byte && inner.End.Byte <= outer.End.Byte
}

func wantsOf(required []flow.RequiredPlugin) []supply.Want {
	var wants []supply.Want
	for _, p := range required {
		if p.Source != "" {
			wants = append(wants, supply.Want{Vendor: p.Vendor, Source: p.Source, Version: p.Version})
		}
	}
	return wants
}

// named describes the plugins of a flow that have no source: they are found by their names, or named by the user.
func (f *Flow) named(ctx context.Context, wants []supply.Want, locked []lock.Plugin) (found []InstalledPlugin, diags hcl.Diagnostics) {
	seen := map[string]bool{}
	for _, w := range wants {
		seen[w.Vendor] = true
	}
	pins := f.rt.namedPins()
	for _, p := range locked {
		if pin, ok := pinOf(p, lockPath(f.model)); ok && pins[p.Vendor].Path == "" {
			pins[p.Vendor] = pin
		}
	}
	set := f.rt.catalog.Pinned(pins)
	for _, auth := range f.model.Auths {
		if seen[auth.Vendor] {
			continue
		}
		seen[auth.Vendor] = true
		is, err := set.Describe(ctx, auth.Vendor)
		var absent *catalog.NotFound
		switch {
		case errors.As(err, &absent):
			d := absentDiagnostic(auth, absent, false)
			d.Detail += fmt.Sprintf("\n\nOr say where it is published: required_plugins { %s = { source = \"...\" } }", auth.Vendor)
			diags = append(diags, d)
			continue
		case err != nil:
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Plugin does not work", Detail: sentence(err),
				Subject: auth.VendorRange.Ptr()})
			continue
		}
		where, _ := set.Find(auth.Vendor) // it was found just now
		found = append(found, InstalledPlugin{Vendor: auth.Vendor, Version: is.Version, Path: where.Path, Description: is})
	}
	return found, diags
}

// supply joins what gets plugins. Dir is the folder where relative sources start.
func (r *Runtime) supply(dir, lockFile, mirror string, tell func(string)) *supply.Supply {
	return supply.New(r.supplyOptions(dir, lockFile, mirror, tell))
}

func (r *Runtime) supplyOptions(dir, lockFile, mirror string, tell func(string)) supply.Options {
	if mirror == "" {
		mirror = r.env("AUTHRUN_PLUGIN_MIRROR")
	}
	var environ []string
	if r.opts.Environ != nil {
		environ = r.opts.Environ()
	}
	return supply.Options{Catalog: r.catalog, Sources: source.Options{Env: r.opts.Env, Environ: environ}, Dir: dir, Mirror: mirror,
		Platform: platform, Lock: lockFile, Tell: tell}
}

func installed(t supply.Taken) InstalledPlugin {
	return InstalledPlugin{Vendor: t.Vendor, Version: t.Version, Before: t.Before, Source: t.Source, Path: t.Path, SHA256: t.Sum.String(),
		Fetched: t.Fetched, Interpreter: t.Interpreter, Reads: t.Reads, Description: t.Description}
}

// supplyDiagnostics says at each required plugin why it could not be had.
func (f *Flow) supplyDiagnostics(err error, required []flow.RequiredPlugin) hcl.Diagnostics {
	if err == nil {
		return nil
	}
	var drift *supply.Drift
	if errors.As(err, &drift) {
		return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Lock file does not fit the flow", Detail: strings.Join(drift.Reasons, "\n") +
			"\n\nRun \"authrun init\" without --locked, look at what changed in the lock file, and keep it with the flow."}}
	}
	var diags hcl.Diagnostics
	for _, err := range parts(err) {
		d := failed("Plugin not installed", err)
		var problem *supply.Problem
		if errors.As(err, &problem) {
			for _, p := range required {
				if p.Vendor == problem.Vendor {
					d.Subject = p.Range.Ptr()
				}
			}
		}
		diags = append(diags, d)
	}
	return diags
}

// parts are the errors that were joined.
func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

func failed(summary string, err error) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: sentence(err)}
}

// InstallOptions are the settings of one [Runtime.InstallPlugin].
type InstallOptions struct {
	// AllowInterpreter consents to a plugin that is a script with a manifest beside it: it is started from then on, wherever it lies, as long as the
	// two are as they are now. Without it a script is an error that names what would run and what it may read.
	AllowInterpreter bool
}

// InstallPlugin puts a plugin into the user's folder of plugins, where every flow finds it by its name: the executable at a path, or from a source that
// ends in the vendor's name, perhaps with "@" and a version or constraint behind it. It is started once, in its sandbox, to say what it is. Where
// there is an error, nothing was installed.
func (r *Runtime) InstallPlugin(ctx context.Context, what string, o InstallOptions, tell func(string)) (InstalledPlugin, error) {
	dir, err := filepath.Abs(".")
	if err != nil {
		return InstalledPlugin{}, err
	}
	options := r.supplyOptions(dir, "", "", tell)
	options.AllowInterpreter = o.AllowInterpreter
	t, err := supply.New(options).Install(ctx, what)
	if err != nil {
		return InstalledPlugin{}, err
	}
	plugin := installed(t)
	if found, err := r.catalog.Find(t.Vendor); err == nil && found.Path != t.Path {
		plugin.Behind = found.Path
	}
	return plugin, nil
}

// MirroredFile is a file of a mirror.
type MirroredFile struct {
	Path  string
	Fresh bool // it was not there before
}

// MirrorPlugins copies the plugins that a flow's lock file names, for all platforms, into a folder that then can be the source of flows, or the
// content of a server that is one.
func (r *Runtime) MirrorPlugins(ctx context.Context, dir, path string, tell func(string)) ([]MirroredFile, Diagnostics) {
	f, required, diags := r.requirements(path)
	if diags.HasErrors() {
		return nil, f.diagnose(diags)
	}
	plugins, found, diags := lock.Read(f.model.Place.OpenRegular, lockPath(f.model))
	if !diags.HasErrors() && !found {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "No lock file",
			Detail: fmt.Sprintf("There is no %s beside the flow. Run \"authrun init\": what it locks is copied.", lock.Name)})
	}
	if diags.HasErrors() {
		return nil, f.diagnose(diags)
	}
	copied, err := r.supply(f.model.Dir, "", "", tell).Mirror(ctx, plugins, dir)
	var files []MirroredFile
	for _, c := range copied {
		files = append(files, MirroredFile(c))
	}
	diags = f.supplyDiagnostics(err, required)
	for _, d := range diags {
		d.Summary = "Plugin not mirrored"
	}
	return files, f.diagnose(diags)
}
