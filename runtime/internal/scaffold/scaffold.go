package scaffold

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"strings"
	"text/template"

	"golang.org/x/mod/modfile"
)

// Module is what a new plugin's module is made of.
type Module struct {
	Vendor string // as [CheckName] has it
	Path   string // of the Go module; empty: example.com/VENDOR
	// SDK is the version of authrun whose SDK it uses, "0.1.0".
	SDK string
	// SDKDir is the absolute path of a checkout of authrun that stands in for that version; empty: it is got from where Go gets modules.
	SDKDir string
}

// File is a file of a module.
type File struct {
	Name    string // its path below the module's folder, with slashes
	Content []byte
}

//go:embed all:module
var templates embed.FS

// Files are the module's files. An error says what is wrong with the vendor's name, the module's path, or the checkout.
func (m Module) Files() ([]File, error) {
	if err := CheckName(m.Vendor); err != nil {
		return nil, err
	}
	m.Path = cmp.Or(m.Path, "example.com/"+m.Vendor)
	if err := checkPath(m.Path); err != nil {
		return nil, err
	}
	var files []File
	if m.SDKDir != "" {
		sums, err := checkout(m.SDKDir)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: "go.sum", Content: sums})
	}
	err := fs.WalkDir(templates, "module", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := m.fill(name)
		if err != nil {
			return fmt.Errorf("template %s: %w; this is a bug in authrun", name, err)
		}
		files = append(files, File{Name: m.target(name), Content: content})
		return nil
	})
	return files, err
}

// target is the file that a template becomes.
func (m Module) target(name string) string {
	name = strings.TrimSuffix(strings.TrimPrefix(name, "module/"), ".tmpl")
	switch dir, base := path.Split(name); {
	case base == "gitignore":
		return ".gitignore"
	case dir == "cmd/plugin/":
		return "cmd/authrun-plugin-" + m.Vendor + "/" + base
	case dir == "cmd/fake/":
		return "cmd/fake" + m.Vendor + "/" + base
	default:
		return dir + strings.Replace(base, "vendor", m.Vendor, 1)
	}
}

// fill is a template's text, filled in; Go's is laid out as gofmt does it.
func (m Module) fill(name string) ([]byte, error) {
	text, err := templates.ReadFile(name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Delims("«", "»").Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, m); err != nil {
		return nil, err
	}
	if strings.HasSuffix(name, ".go.tmpl") {
		return format.Source(b.Bytes())
	}
	return b.Bytes(), nil
}

// Title is the vendor's name as it begins a sentence.
func (m Module) Title() string { return strings.ToUpper(m.Vendor[:1]) + m.Vendor[1:] }

// Upper is the vendor's name in capitals, as it stands in names of environment variables.
func (m Module) Upper() string { return strings.ToUpper(m.Vendor) }

// Import is how the module's package is imported: by its name, where the path does not end in it.
func (m Module) Import() string {
	if path.Base(m.Path) == m.Vendor {
		return fmt.Sprintf("%q", m.Path)
	}
	return fmt.Sprintf("%s %q", m.Vendor, m.Path)
}

// Replace is the checkout's path as a go.mod file has it.
func (m Module) Replace() string { return modfile.AutoQuote(m.SDKDir) }
