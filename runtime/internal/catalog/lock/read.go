package lock

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

const (
	// format is the version of the file's form.
	format = 1
	// maxSize is more than any lock file has, in bytes.
	maxSize = 256 << 10
	// maxDepth is more than anything in it is nested: the parser goes down a level for each.
	maxDepth = 64
	// again is what to do about a lock file that is no longer whole.
	again = "The file is written by authrun: take back the change, or remove the plugin's block, or the file, and run \"authrun init\"."
)

// Read reads the lock file at path, which open opens. Where there is none, found is false and nothing is locked.
func Read(open func(path string) (fs.File, error), path string) (plugins []Plugin, found bool, diags hcl.Diagnostics) {
	src, err := read(open, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, nil
	case err != nil:
		return nil, true, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Unreadable lock file",
			Detail: fmt.Sprintf("%s could not be read: %s.", path, err)}}
	}
	plugins, diags = Parse(src, path)
	return plugins, true, diags
}

// system opens a file of the system's.
func system(path string) (fs.File, error) { return os.Open(path) }

func read(open func(path string) (fs.File, error), path string) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > maxSize:
		return nil, fmt.Errorf("it is larger than %d KiB", maxSize>>10)
	}
	return io.ReadAll(io.LimitReader(f, maxSize))
}

// Parse reads the text of a lock file. Filename is for messages. Where the diagnostics have errors nothing is locked.
func Parse(src []byte, filename string) ([]Plugin, hcl.Diagnostics) {
	if diag := mergeMarks(src, filename); diag != nil {
		return nil, hcl.Diagnostics{diag}
	}
	if tooDeep(src) {
		return nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Invalid lock file", Detail: "Brackets are nested in it as in no lock file. " + again,
			Subject: &hcl.Range{Filename: filename, Start: hcl.InitialPos, End: hcl.InitialPos}}}
	}
	file, diags := hclsyntax.ParseConfig(src, filename, hcl.InitialPos)
	if diags.HasErrors() {
		first := *diags[slices.IndexFunc(diags, isError)] // of a damaged file it tells enough: all end in the same advice
		first.Detail += " " + again
		return nil, hcl.Diagnostics{&first}
	}
	r := reader{first: map[string]hcl.Range{}}
	r.file(file.Body)
	if r.diags.HasErrors() {
		return nil, r.diags
	}
	return sorted(r.plugins), nil
}

func isError(d *hcl.Diagnostic) bool { return d.Severity == hcl.DiagError }

// tooDeep tells whether more brackets are open at one place, or more operators stand on one line, than in any lock file.
func tooDeep(src []byte) bool {
	brackets, operators := 0, 0
	for _, c := range src {
		switch c {
		case '(', '[', '{':
			brackets++
		case ')', ']', '}':
			brackets--
		case '!', '-', '?':
			operators++
		case '\n':
			operators = 0
		}
		if brackets > maxDepth || operators > maxDepth {
			return true
		}
	}
	return false
}

// mergeMarks says where a merge left both sides in the file.
func mergeMarks(src []byte, filename string) *hcl.Diagnostic {
	n, at := 0, 0
	for line := range bytes.Lines(src) {
		n++
		for _, mark := range []string{"<<<<<<< ", "=======", ">>>>>>> ", "||||||| "} {
			if !bytes.HasPrefix(line, []byte(mark)) {
				continue
			}
			end := len(bytes.TrimRight(line, "\r\n"))
			return &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Unmerged lock file",
				Detail: "A merge left both sides of a conflict in the lock file. Keep the blocks of the plugins of one side and run \"authrun init\": " +
					"it makes the file fit the flow again.",
				Subject: &hcl.Range{Filename: filename, Start: hcl.Pos{Line: n, Column: 1, Byte: at}, End: hcl.Pos{Line: n, Column: end + 1, Byte: at + end}},
			}
		}
		at += len(line)
	}
	return nil
}

var fileSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "format", Required: true}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "plugin", LabelNames: []string{"vendor"}}},
}

var pluginSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "source", Required: true}, {Name: "version", Required: true},
	{Name: "constraints"}, {Name: "hashes", Required: true}}}

// reader collects what a file says.
type reader struct {
	plugins []Plugin
	first   map[string]hcl.Range
	diags   hcl.Diagnostics
}

func (r *reader) fail(at hcl.Range, detail string, args ...any) {
	r.diags = append(r.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Invalid lock file", Detail: fmt.Sprintf(detail, args...) + " " + again,
		Subject: &at})
}

func (r *reader) foreign(diags hcl.Diagnostics) {
	for _, d := range diags {
		d.Detail += " " + again
	}
	r.diags = append(r.diags, diags...)
}

func (r *reader) file(body hcl.Body) {
	content, diags := body.Content(fileSchema)
	if attr := content.Attributes["format"]; attr != nil {
		v, diags := attr.Expr.Value(nil)
		if diags.HasErrors() || v.Type() != cty.Number || v.IsNull() || !v.RawEquals(cty.NumberIntVal(format)) {
			r.diags = append(r.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Unknown form of lock file",
				Detail:  fmt.Sprintf("This authrun reads lock files of format %d. The file may be of a newer authrun: use that one.", format),
				Subject: attr.Range.Ptr()})
			return
		}
	}
	r.foreign(diags)
	for _, block := range content.Blocks {
		r.plugin(block)
	}
}

func (r *reader) plugin(block *hcl.Block) {
	p := Plugin{Vendor: block.Labels[0], Range: block.DefRange}
	if at, twice := r.first[p.Vendor]; twice {
		r.fail(block.DefRange, "The plugin %q is locked twice; the first time at %s.", p.Vendor, at)
		return
	}
	r.first[p.Vendor] = block.DefRange
	content, diags := block.Body.Content(pluginSchema)
	r.foreign(diags)
	for name, to := range map[string]*string{"source": &p.Source, "version": &p.Version, "constraints": &p.Constraints} {
		if attr := content.Attributes[name]; attr != nil {
			*to = r.text(name, attr.Expr)
		}
	}
	if attr := content.Attributes["hashes"]; attr != nil {
		p.Hashes = r.hashes(attr.Expr)
	}
	r.plugins = append(r.plugins, p)
}

func (r *reader) text(name string, expr hcl.Expression) string {
	v, diags := expr.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() {
		r.fail(expr.Range(), "The %s of a locked plugin is a text.", name)
		return ""
	}
	return v.AsString()
}

// isHash tells whether a text is a hash as it is written here. It is asked at every run, so that no pattern is compiled for it.
func isHash(text string) bool {
	digits, ok := strings.CutPrefix(text, "sha256:")
	return ok && len(digits) == 64 && strings.Trim(digits, "0123456789abcdef") == ""
}

// isPlatform tells whether a text is the name of a platform: linux_amd64.
func isPlatform(text string) bool {
	const word = "abcdefghijklmnopqrstuvwxyz0123456789"
	system, processor, ok := strings.Cut(text, "_")
	return ok && system != "" && processor != "" && strings.Trim(system, word) == "" && strings.Trim(processor, word) == ""
}

func (r *reader) hashes(expr hcl.Expression) map[string]string {
	pairs, diags := hcl.ExprMap(expr)
	if diags.HasErrors() || len(pairs) == 0 {
		r.fail(expr.Range(), "The hashes of a locked plugin are written { linux_amd64 = \"sha256:...\" }.")
		return nil
	}
	hashes := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		key, diags := pair.Key.Value(nil)
		if diags.HasErrors() || key.Type() != cty.String || key.IsNull() || !isPlatform(key.AsString()) {
			r.fail(pair.Key.Range(), "A platform is written as linux_amd64.")
			continue
		}
		name, value := key.AsString(), r.text("hash", pair.Value)
		switch _, twice := hashes[name]; {
		case twice:
			r.fail(pair.Key.Range(), "There are two hashes for %s.", name)
		case value != "" && !isHash(value):
			r.fail(pair.Value.Range(), "The hash for %s is not \"sha256:\" and 64 hexadecimal digits: %d characters are there.", name,
				len(strings.TrimPrefix(value, "sha256:")))
		}
		hashes[name] = value
	}
	return hashes
}
