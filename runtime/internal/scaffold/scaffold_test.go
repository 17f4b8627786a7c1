package scaffold

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
)

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"acme": "", "a": "", "tel3com": "", "com": "", "com10": "", strings.Repeat("a", 40): "", "linux": "", "vendors": "",
		"": "needs a name", "Acme": "small letters", "3com": "begins with a letter", "ac-me": "small letters", "ac_me": "small letters",
		"../acme": "small letters", "acme/x": "small letters", "a.b": "small letters", "acme\n": "small letters", "ácme": "small letters",
		strings.Repeat("a", 41): "40 letters", "type": "means something else", "string": "means something else", "main": "means something else",
		"fake": "means something else", "vendor": "means something else", "nul": "Windows", "com1": "Windows",
	} {
		err := CheckName(name)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", name, err, want)
		}
	}
}

// Every name that the files which import the plugin's package use for something is refused as its name.
func TestNamesThatAreTaken(t *testing.T) {
	files, err := Module{Vendor: "acme", SDK: "0.1.0"}.Files()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range files {
		if f.Name != "acme_test.go" && f.Name != "cmd/authrun-plugin-acme/main.go" {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Content, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name != "acme" && namePattern().MatchString(id.Name) {
				seen++
				if CheckName(id.Name) == nil {
					t.Errorf("%s uses %s, and a vendor may have that name", f.Name, id.Name)
				}
			}
			return true
		})
	}
	if seen < 20 {
		t.Errorf("only %d names were looked at", seen)
	}
}

func TestModulePaths(t *testing.T) {
	for path, want := range map[string]string{
		"": "", "github.com/you/authrun-plugin-acme": "", "example.com/acme/v2": "",
		"acme": "missing dot", "example.com/../acme": "malformed", "/acme": "malformed", "example.com/a b": "malformed", "-x.com/acme": "malformed",
		"example.com/acme\"\nreplace x": "malformed", SDK: "authrun's own", SDK + "/plugins/acme": "authrun's own",
	} {
		_, err := Module{Vendor: "acme", SDK: "0.1.0", Path: path}.Files()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", path, err, want)
		}
	}
}

// The files know nothing of the vendor after which the templates could have been made, and go.mod asks for the Go that the SDK does.
func TestFiles(t *testing.T) {
	own, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	wants, err := modfile.Parse("go.mod", own, nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Module{Vendor: "tel3com", SDK: "0.1.0"}.Files()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
		if text := string(f.Content); strings.Contains(strings.ToLower(text), "acme") || strings.ContainsAny(text, "«»") {
			t.Errorf("%s is not filled in:\n%s", f.Name, text)
		}
		if f.Name != "go.mod" {
			continue
		}
		got, err := modfile.Parse("go.mod", f.Content, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Go.Version != wants.Go.Version || got.Module.Mod.Path != "example.com/tel3com" || got.Require[0].Mod.Version != "v0.1.0" {
			t.Errorf("go.mod is\n%s", f.Content)
		}
	}
	want := []string{"Makefile", "README.md", "cmd/faketel3com/main.go", "cmd/authrun-plugin-tel3com/main.go", "fake/fake.go", "flow.hcl", ".gitignore", "go.mod",
		"script.json", "tel3com.go", "tel3com_test.go"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestWriteOverNothing(t *testing.T) {
	files := []File{{"go.mod", []byte("new")}, {"cmd/x/main.go", []byte("new")}, {"acme.go", []byte("new")}}
	for name, make := range map[string]func(dir string) error{
		"a file":           func(dir string) error { return os.WriteFile(filepath.Join(dir, "acme.go"), []byte("old"), 0o600) },
		"a link":           func(dir string) error { return os.Symlink("nowhere", filepath.Join(dir, "acme.go")) },
		"a folder":         func(dir string) error { return os.Mkdir(filepath.Join(dir, "acme.go"), 0o700) },
		"a file for cmd":   func(dir string) error { return os.WriteFile(filepath.Join(dir, "cmd"), nil, 0o600) },
		"a link elsewhere": func(dir string) error { return os.Symlink(t.TempDir(), filepath.Join(dir, "cmd")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := make(dir); err != nil {
				t.Fatal(err)
			}
			if err := Write(dir, files); err == nil {
				t.Fatal("it was written")
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != 1 {
				t.Errorf("it left %v", entries)
			}
			if old, err := os.ReadFile(filepath.Join(dir, "acme.go")); err == nil && string(old) != "old" {
				t.Errorf("acme.go is now %q", old)
			}
		})
	}
}

// A folder that is there with other files is fine: a fresh clone has a licence.
func TestWriteBesideOthers(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "LICENSE"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir), []File{{"cmd/x/main.go", []byte("new")}}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "cmd", "x", "main.go")); err != nil || string(got) != "new" {
		t.Errorf("got %q, %v", got, err)
	}
}
