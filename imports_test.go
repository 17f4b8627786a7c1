package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/authrun/authrun"

// rooms says what each part of the house may import of the house and of the libraries that have a room of their own. The first entry whose
// beginning fits a package holds. What a part may import includes what lies under it, unless a longer entry in `never` says otherwise.
var rooms = []struct {
	pkg   string   // beginning of the package's path in the module
	house []string // packages of the module that it may import; "x/..." means all under x
	libs  []string // of the guarded libraries
}{
	{"sdk/internal/pluginpb", nil, []string{"grpc"}},
	{"sdk/internal", []string{"sdk", "sdk/internal/..."}, []string{"grpc", "go-plugin"}},
	{"sdk/plugin", []string{"sdk", "sdk/internal/..."}, []string{"grpc", "go-plugin"}},
	{"sdk/client/launch/self", []string{"sdk/client/launch"}, nil},
	{"sdk/client/launch/cmd", []string{"sdk/client/launch"}, nil},
	{"sdk/client/launch", nil, nil},
	{"sdk/client", []string{"sdk", "sdk/internal/...", "sdk/client/..."}, []string{"grpc", "go-plugin"}},
	{"sdk/sdktest/script", []string{"sdk"}, nil},
	{"sdk/sdktest/fakevendor", nil, nil},
	{"sdk/sdktest/conformance", []string{"sdk", "sdk/client", "sdk/sdktest/script"}, nil},
	{"sdk/sdktest", []string{"sdk", "sdk/plugin", "sdk/client", "sdk/internal/wire", "sdk/sdktest/..."}, []string{"testing"}},
	{"sdk", nil, nil},
	{"plugins/*/fake", []string{"sdk/sdktest/fakevendor"}, nil},
	{"plugins/*/cmd", []string{"plugins/*", "sdk/plugin"}, nil},
	{"plugins/*", []string{"sdk"}, nil},
	{"runtime/cli", []string{"runtime", "runtime/cli/...", "runtime/internal/examine", "runtime/internal/reference", "runtime/internal/scaffold",
		"sdk", "sdk/sdktest/conformance"}, nil},
	{"runtime/runtimetest", []string{"runtime", "runtime/store/memory", "sdk"}, []string{"testing"}},
	{"runtime/store/storetest", []string{"runtime/store"}, []string{"testing"}},
	{"runtime/store/memory", []string{"runtime/store", "runtime/store/internal/..."}, nil},
	{"runtime/store/sqlite", []string{"runtime/store", "runtime/store/internal/..."}, []string{"sqlite"}},
	{"runtime/store/internal", []string{"runtime/store"}, nil},
	{"runtime/store", nil, nil},
	{"runtime/internal/bench", nil, nil},
	{"runtime/internal/powercut", nil, nil},
	{"runtime/internal/graph", nil, nil},
	{"runtime/internal/redact", nil, nil},
	{"runtime/internal/seal", nil, nil},
	{"runtime/internal/simulated", []string{"sdk"}, nil},
	{"runtime/internal/placement", []string{"sdk"}, nil},
	{"runtime/internal/limit", []string{"sdk", "runtime/store"}, nil},
	{"runtime/internal/clock", []string{"runtime/store"}, nil},
	{"runtime/internal/exchange", []string{"sdk"}, nil},
	{"runtime/internal/catalog/source", nil, []string{"oci"}},
	{"runtime/internal/catalog/lock", nil, []string{"hcl", "cty"}},
	{"runtime/internal/catalog/supply", []string{"sdk", "runtime/internal/catalog", "runtime/internal/catalog/source",
		"runtime/internal/catalog/lock"}, nil},
	{"runtime/internal/catalog", []string{"sdk", "sdk/client"}, nil},
	{"runtime/internal/trace", []string{"sdk", "sdk/sdktest/script", "runtime/internal/exchange"}, nil},
	{"runtime/internal/reference", []string{"sdk"}, nil},
	{"runtime/internal/scaffold", nil, nil},
	{"runtime/internal/examine", []string{"runtime/internal/catalog", "sdk/client", "sdk/sdktest/conformance", "sdk/sdktest/script"}, nil},
	{"runtime/internal/credential", []string{"sdk", "sdk/client", "runtime/store", "runtime/internal/exchange", "runtime/internal/limit",
		"runtime/internal/seal"}, nil},
	{"runtime/internal/flow", nil, []string{"hcl", "cty"}},
	{"runtime/internal/eval", []string{"sdk", "runtime/internal/flow", "runtime/internal/graph", "runtime/internal/eval/..."},
		[]string{"hcl", "cty"}},
	{"runtime", []string{"sdk", "sdk/client", "sdk/client/launch", "runtime/internal/...", "runtime/store/..."}, []string{"hcl", "cty"}},
	{"examples", []string{"runtime", "runtime/store/...", "sdk", "sdk/plugin", "plugins/...", "examples/..."}, nil},
	{"", []string{"runtime/cli", "sdk/client/launch/self"}, nil},
}

// guarded are the libraries that have a room of their own, by the beginning of their import paths.
var guarded = map[string]string{
	"google.golang.org/grpc":         "grpc",
	"google.golang.org/protobuf":     "grpc",
	"github.com/hashicorp/go-plugin": "go-plugin",
	"github.com/hashicorp/hcl":       "hcl",
	"github.com/zclconf/go-cty":      "cty",
	"modernc.org/sqlite":             "sqlite",
	"testing":                        "testing",
	"cuelabs.dev/go/oci":             "oci",
	"github.com/opencontainers":      "oci",
}

// TestImports holds the directions in which the parts of the house may import each other. Tests may reach further.
func TestImports(t *testing.T) {
	checked := 0
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && file != ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		checked++
		pkg := path.Dir(filepath.ToSlash(file))
		if pkg == "." {
			pkg = ""
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := forbidden(pkg, imported); why != "" {
				t.Errorf("%s imports %s: %s", file, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 50 {
		t.Errorf("only %d files were looked at", checked)
	}
}

// TestImportsCanFail shows that the rules refuse what they are there to refuse.
func TestImportsCanFail(t *testing.T) {
	for _, c := range []struct{ pkg, imported string }{
		{"sdk", module + "/runtime"},
		{"sdk", "google.golang.org/grpc"},
		{"plugins/ippbx", module + "/plugins/easemob"},
		{"plugins/ippbx", module + "/runtime"},
		{"plugins/ippbx", "github.com/hashicorp/hcl/v2"},
		{"plugins/ippbx/fake", module + "/plugins/ippbx"},
		{"runtime/cli", module + "/runtime/internal/eval"},
		{"runtime/cli", "github.com/hashicorp/hcl/v2"},
		{"sdk/sdktest/conformance", "testing"},
		{"runtime/internal/graph", module + "/sdk"},
		{"runtime/internal/eval", module + "/runtime/store"},
		{"runtime/store/sqlite", module + "/sdk"},
		{"", module + "/runtime"},
	} {
		if forbidden(c.pkg, c.imported) == "" {
			t.Errorf("%s may import %s", c.pkg, c.imported)
		}
	}
}

// forbidden says why pkg may not import imported; empty: it may.
func forbidden(pkg, imported string) string {
	for _, room := range rooms {
		if !under(pkg, room.pkg) {
			continue
		}
		if inside, ok := strings.CutPrefix(imported, module+"/"); ok {
			for _, may := range room.house {
				if allows(pkg, may, inside) {
					return ""
				}
			}
			return "it may import of the house only " + strings.Join(room.house, ", ")
		}
		for beginning, lib := range guarded {
			if imported != beginning && !strings.HasPrefix(imported, beginning+"/") {
				continue
			}
			for _, may := range room.libs {
				if may == lib {
					return ""
				}
			}
			return lib + " belongs into other rooms"
		}
		return ""
	}
	return "no rule fits the package"
}

// under tells whether pkg is the package of a pattern or lies under it; "*" stands for one element.
func under(pkg, pattern string) bool {
	if pattern == "" {
		return true
	}
	elements, wants := strings.Split(pkg, "/"), strings.Split(pattern, "/")
	if len(elements) < len(wants) {
		return false
	}
	for i, want := range wants {
		if want != "*" && want != elements[i] {
			return false
		}
	}
	return true
}

// allows tells whether a permission covers an import. A "*" in it stands for what it stands for in pkg: a vendor's main may import its own
// vendor only.
func allows(pkg, may, imported string) bool {
	if base, tree := strings.CutSuffix(may, "/..."); tree {
		return imported == base || strings.HasPrefix(imported, base+"/")
	}
	elements := strings.Split(may, "/")
	for i, own := range strings.Split(pkg, "/") {
		if i < len(elements) && elements[i] == "*" {
			elements[i] = own
		}
	}
	return imported == strings.Join(elements, "/")
}
