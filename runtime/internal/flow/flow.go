package flow

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Flow is what a file or folder declares, in the order of its places. It does not change after [Load].
type Flow struct {
	Path  string               // as given to Load
	Place Place                // where its files lie
	Dir   string               // the flow's folder, where relative paths in the flow start; absolute, but in a program's file system
	Files map[string]*hcl.File // by name as in ranges; for snippets

	Settings  Settings
	Variables []*Variable
	Locals    []*Local
	Auths     []*Auth
	Outputs   []*Output
}

// Local is one name of a `locals` block.
type Local struct {
	Name  string
	Expr  hcl.Expression
	Range hcl.Range // of the name
}

// rootSchema is what a flow file may hold.
var rootSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "authrun"},
	{Type: "variable", LabelNames: []string{"name"}},
	{Type: "locals"},
	{Type: "auth", LabelNames: []string{"vendor", "name"}},
	{Type: "output", LabelNames: []string{"name"}},
}}

// Load reads the flow at path: a file, or a folder's *.hcl and *.hcl.json files in the order of their names. The Flow is never nil; beside
// errors it holds what could be understood.
func Load(path string) (*Flow, hcl.Diagnostics) { return Place{}.Load(path) }

// Load reads the flow at path, which lies in p.
func (p Place) Load(path string) (*Flow, hcl.Diagnostics) {
	f := &Flow{Path: path, Place: p, Files: make(map[string]*hcl.File)}
	files, dir, diags := p.find(path)
	if diags.HasErrors() {
		return f, diags
	}
	if f.Dir = dir; p.FS == nil {
		var err error
		if f.Dir, err = filepath.Abs(dir); err != nil {
			return f, append(diags, unreadable(path, err))
		}
	}
	l := loader{flow: f, seen: make(map[string]hcl.Range)}
	for _, name := range files {
		file, fileDiags := p.ReadFile(name)
		diags = append(diags, fileDiags...)
		if file == nil {
			continue
		}
		f.Files[name] = file
		// What is left of broken JSON says other things than its author.
		if file.Body != nil && !(fileDiags.HasErrors() && strings.HasSuffix(name, ".json")) {
			l.body(file.Body)
		}
	}
	diags = append(diags, l.diags...)
	if !diags.HasErrors() && f.empty() {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagWarning,
			Summary:  "Nothing declared",
			Detail: fmt.Sprintf("%q declares no auth block and no output, so there is nothing to do. "+
				"Declare a credential with a block: auth \"<vendor>\" \"<name>\" { ... }", path),
		})
	}
	return f, diags
}

func (f *Flow) empty() bool { return len(f.Auths) == 0 && len(f.Outputs) == 0 }

// loader collects the blocks of all files of a flow.
type loader struct {
	flow  *Flow
	seen  map[string]hcl.Range // place of the first definition, by "variable x", "auth v n", ...
	diags hcl.Diagnostics
}

func (l *loader) body(body hcl.Body) {
	content := l.content("a flow", body, rootSchema)
	for _, block := range content.Blocks {
		switch block.Type {
		case "authrun":
			if l.first(block, "authrun") {
				l.settings(block)
			}
		case "variable":
			l.variable(block)
		case "locals":
			l.locals(block)
		case "auth":
			l.auth(block)
		case "output":
			l.output(block)
		}
	}
}

func (l *loader) locals(block *hcl.Block) {
	for _, attr := range l.attributes("a locals block", block.Body) {
		if l.unique("local", attr.Name, attr.NameRange) {
			l.flow.Locals = append(l.flow.Locals, &Local{Name: attr.Name, Expr: attr.Expr, Range: attr.NameRange})
		}
	}
}

// fail adds an error.
func (l *loader) fail(subject hcl.Range, summary, detail string, args ...any) {
	l.diags = append(l.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: &subject,
	})
}

// first tells whether block is the first of its kind where only one may be, and reports it where it is not.
func (l *loader) first(block *hcl.Block, kind string) bool {
	if at, dup := l.seen[kind]; dup {
		l.fail(block.DefRange, "Duplicate block", "There may be only one %s block; the first is at %s. Put the settings of both into one.", kind, at)
		return false
	}
	l.seen[kind] = block.DefRange
	return true
}

// unique tells whether a name of that kind is new and well formed, and reports it where it is not.
func (l *loader) unique(kind, name string, at hcl.Range) bool {
	if !l.identifier(kind, name, at) {
		return false
	}
	key := kind + " " + name
	if first, dup := l.seen[key]; dup {
		l.fail(at, "Duplicate name", "There is already a %s %q, at %s. Each name may be declared once; rename or remove one of them.", kind, name, first)
		return false
	}
	l.seen[key] = at
	return true
}
