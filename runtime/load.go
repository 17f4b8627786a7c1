package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/catalog"
	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/sdk"
)

// Flow is a flow that was loaded: what its files declare, with the values of its variables. Its methods may be called from many goroutines at
// the same time; each call is a run of its own, which finds in the store what others brought.
type Flow struct {
	rt    *Runtime
	path  string // absolute; of a flow that lies in no folder of the file system: its name
	model *flow.Flow
	scope *eval.Scope
	ask   func() (*eval.Scope, hcl.Diagnostics) // gives a scope that wants all inputs; nil: scope does

	described bool
	schemas   map[string]sdk.Description // by vendor
	broken    map[string]error           // plugins that are there and do not work, by vendor
	absent    hcl.Diagnostics            // plugins that are not there

	hiddenOnce   sync.Once
	hiddenRanges []hcl.Range

	lockOnce sync.Once
	lock     *locked // of a flow that was loaded

	mu      sync.Mutex // of a flow that runs are made of: guards its schemas and sources
	from    *Flow      // of a run: the flow that was loaded
	sources map[string]*TokenSource
}

// fork makes a run: a flow with the same inputs, in which nothing is known yet of credentials.
func (f *Flow) fork() *Flow {
	if f.from != nil {
		return f
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return &Flow{rt: f.rt, path: f.path, model: f.model, scope: f.scope.Fork(), ask: f.ask, described: f.described,
		schemas: maps.Clone(f.schemas), broken: map[string]error{}, from: f}
}

// share lets later runs know the schemas that this run got. Those of a run that did not get all are got again: a plugin may be put in place, or
// mended, while a program runs.
func (f *Flow) share() {
	from := f.from
	if from == nil || len(f.broken) > 0 || len(f.absent) > 0 {
		return
	}
	from.mu.Lock()
	defer from.mu.Unlock()
	if from.described {
		return
	}
	for vendor, schema := range f.schemas {
		if err := from.scope.Describe(vendor, schema); err != nil {
			return
		}
	}
	from.schemas, from.described = maps.Clone(f.schemas), true
}

// Load reads a flow, a file or a folder, and the values of its variables. It looks for no plugin and calls no vendor. The flow is nil where
// the diagnostics have errors; then they have all that [Flow.Validate] finds, too, so that an author sees all mistakes at once.
func (r *Runtime) Load(ctx context.Context, file string, in Inputs) (*Flow, Diagnostics) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, Diagnostics{{Severity: SeverityError, Summary: "Flow not found", Detail: err.Error() + "."}}
	}
	model, diags := flow.Load(file)
	return r.load(ctx, abs, model, diags, in)
}

// LoadFS is [Runtime.Load] of a file or folder in a file system that the program brings, such as one that is embedded in it. Paths in the flow's
// functions are relative to its folder there, and absolute ones lead into the system's file system. The flow's store, key and output files have
// absolute paths. Name is what the store calls the flow, so that readers find what it used: it stays the same from one version of the
// program to the next.
func (r *Runtime) LoadFS(ctx context.Context, name string, fsys fs.FS, file string, in Inputs) (*Flow, Diagnostics) {
	if name == "" {
		return nil, Diagnostics{{Severity: SeverityError, Summary: "Flow without a name", Detail: "A flow that is not read from a file needs a name."}}
	}
	model, diags := flow.Place{FS: fsys}.Load(file)
	return r.load(ctx, embedded+name, model, diags, in)
}

// LoadBytes is [Runtime.LoadFS] of one file whose text is at hand. A name that ends in .json says that it is in the JSON form.
func (r *Runtime) LoadBytes(ctx context.Context, name string, src []byte, in Inputs) (*Flow, Diagnostics) {
	file := path.Base(filepath.ToSlash(name))
	if !fs.ValidPath(file) || file == "." {
		return nil, Diagnostics{{Severity: SeverityError, Summary: "Flow without a name", Detail: "A flow that is not read from a file needs a name."}}
	}
	return r.LoadFS(ctx, name, single{file, src}, file, in)
}

// embedded is the beginning of what the store calls a flow that is not read from the system's file system: no path begins so.
const embedded = "embedded:"

func (r *Runtime) load(ctx context.Context, name string, model *flow.Flow, diags hcl.Diagnostics, in Inputs) (*Flow, Diagnostics) {
	f := &Flow{rt: r, path: name, model: model, schemas: map[string]sdk.Description{}, broken: map[string]error{}}
	if diags.HasErrors() && !f.readable() {
		return nil, f.diagnose(diags)
	}
	inputs := eval.Inputs{Vars: in.Vars, VarFiles: in.VarFiles, VarsFrom: in.VarsFrom, Stdin: in.Stdin, Env: r.opts.Env,
		Values: in.Values, Own: r.functions, NoInputs: in.NoInputs, Now: r.now, Version: Version, Free: r.plugins}
	if in.Later {
		inputs = f.later(inputs)
	}
	scope, more := eval.New(model, inputs)
	f.scope = scope
	r.secrets.Add(scope.Secrets()...)
	if diags = append(diags, more...); diags.HasErrors() {
		return nil, f.diagnose(append(diags, f.check(ctx)...))
	}
	return f, f.diagnose(append(diags, r.attachedWarnings(model)...))
}

// readable tells whether the flow's files are there and have no errors of syntax: only then is it worth looking for other mistakes.
func (f *Flow) readable() bool {
	for name, file := range f.model.Files {
		if _, diags := flow.Parse(file.Bytes, name); diags.HasErrors() {
			return false
		}
	}
	return len(f.model.Files) > 0
}

// Validate checks all that can be checked without a vendor call: names, types, references, and the arguments of each block against its
// plugin's schema, and by the plugin itself where it knows more than its schema says. It starts a plugin only for that, and where its schema
// is not remembered.
func (f *Flow) Validate(ctx context.Context) Diagnostics {
	f = f.fork()
	diags := f.check(ctx)
	for _, vendor := range sortedKeys(f.broken) {
		diags = append(diags, f.brokenDiagnostics(vendor)...)
	}
	if !diags.HasErrors() {
		diags = append(diags, f.checks(ctx)...)
		diags = append(diags, f.scope.Unused()...)
	}
	return f.diagnose(diags)
}

// check is Validate without what is wrong with plugins that are there and do not work: that fails their own blocks only.
func (f *Flow) check(ctx context.Context) hcl.Diagnostics {
	f.describe(ctx)
	return slices.Concat(f.locked().diags, f.absent, f.scope.Validate())
}

// describe gets the schemas of the flow's plugins, all at once.
func (f *Flow) describe(ctx context.Context) {
	if f.described {
		return
	}
	f.described = true
	byVendor := map[string][]*flow.Auth{}
	for _, auth := range f.model.Auths {
		byVendor[auth.Vendor] = append(byVendor[auth.Vendor], auth)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	failed := map[string]error{}
	locked := f.locked()
	for vendor := range byVendor {
		if locked.refused[vendor] {
			continue
		}
		wg.Go(func() {
			description, err := locked.plugins.Describe(ctx, vendor)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed[vendor] = err
				return
			}
			f.schemas[vendor] = description
		})
	}
	wg.Wait()
	for _, vendor := range sortedKeys(f.schemas) {
		if err := f.scope.Describe(vendor, f.schemas[vendor]); err != nil {
			failed[vendor] = err
			delete(f.schemas, vendor)
		}
	}
	for _, vendor := range sortedKeys(failed) {
		var absent *catalog.NotFound
		if !errors.As(failed[vendor], &absent) {
			f.broken[vendor] = failed[vendor]
			continue
		}
		for _, auth := range byVendor[vendor] {
			f.absent = append(f.absent, absentDiagnostic(auth, absent, locked.holds[auth.Vendor]))
		}
	}
	f.share()
}

// absentDiagnostic says that a vendor has no plugin, which there are, and where was looked. Locked tells whether the flow's lock file names it.
func absentDiagnostic(auth *flow.Auth, absent *catalog.NotFound, locked bool) *hcl.Diagnostic {
	about := eval.About{Addr: flow.Addr{Vendor: auth.Vendor, Name: auth.Name}}
	if locked {
		return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Plugin not installed", Subject: auth.VendorRange.Ptr(), Extra: about,
			Detail: fmt.Sprintf("The lock file names the plugin %s, and it is not on this machine. Run \"authrun init\": it gets the plugins that are "+
				"locked.", auth.Vendor)}
	}
	detail := fmt.Sprintf("There is no plugin for the vendor %q: no file authrun-plugin-%s was found.", auth.Vendor, auth.Vendor)
	if absent.Nearest != "" {
		detail += fmt.Sprintf(" Did you mean %q?", absent.Nearest)
	}
	if len(absent.Has) > 0 {
		detail += fmt.Sprintf(" There are plugins for %s.", strings.Join(absent.Has, ", "))
	}
	if len(absent.Looked) > 0 {
		detail += "\n\nIt was looked for in:\n  " + strings.Join(absent.Looked, "\n  ")
	}
	detail += "\n\nPut the plugin into one of these folders, or name its folder by --plugin-dir."
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Plugin not found", Detail: detail, Subject: auth.VendorRange.Ptr(), Extra: about}
}

// brokenDiagnostics say that a plugin does not work, at each of its blocks.
func (f *Flow) brokenDiagnostics(vendor string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, auth := range f.model.Auths {
		if auth.Vendor == vendor {
			detail := sentence(f.broken[vendor]) + lastWords(&credential.Failed{Err: f.broken[vendor]})
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Plugin does not work", Detail: detail,
				Subject: auth.VendorRange.Ptr(), Extra: eval.About{Addr: flow.Addr{Vendor: auth.Vendor, Name: auth.Name}}})
		}
	}
	return diags
}

// sentence makes a sentence of an error for a diagnostic's detail.
func sentence(err error) string {
	text := strings.TrimSpace(err.Error())
	if text == "" {
		return ""
	}
	// A path or an address stays as it is written.
	if word, _, _ := strings.Cut(text, " "); !strings.ContainsAny(word, "/\\._:\"") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if !strings.ContainsAny(text[len(text)-1:], ".!?\n") {
		text += "."
	}
	return text
}

// sensitive are the places of literals that are secrets: by the vendors' schemas, or all of them where the flow's syntax is wrong.
func (f *Flow) sensitive() []hcl.Range {
	f.hiddenOnce.Do(func() {
		if f.scope != nil {
			f.hiddenRanges = f.scope.SensitiveRanges()
			return
		}
		for name, file := range f.model.Files {
			f.hiddenRanges = append(f.hiddenRanges, flow.Literals(file.Bytes, name)...)
		}
	})
	return f.hiddenRanges
}
