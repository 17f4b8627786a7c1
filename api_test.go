package main

import (
	"fmt"
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// apiPackages are the packages that others import: what docs/compatibility.md promises holds for them.
var apiPackages = []string{
	"./runtime", "./runtime/runtimetest", "./runtime/store", "./runtime/store/memory", "./runtime/store/sqlite", "./runtime/store/storetest",
	"./sdk", "./sdk/plugin", "./sdk/sdktest",
}

// apiFile lists what they export, as it was released or agreed on last.
const apiFile = "api.txt"

// TestAPI fails where the exported API is not the one that was written down. What is gone or changed breaks programs of others; what is new is
// written down in the change that brings it: UPDATE_API=1 go test -run TestAPI .
func TestAPI(t *testing.T) {
	if testing.Short() {
		t.Skip("it loads the types of all packages")
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedExportFile}, apiPackages...)
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded) != len(apiPackages) {
		t.Fatalf("%d packages of %d were loaded", len(loaded), len(apiPackages))
	}
	var now []string
	for _, pkg := range loaded {
		for _, problem := range pkg.Errors {
			t.Fatal(problem)
		}
		now = append(now, exported(pkg.Types)...)
	}
	slices.Sort(now)
	if os.Getenv("UPDATE_API") != "" {
		if err := os.WriteFile(apiFile, []byte(strings.Join(now, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(apiFile)
	if err != nil {
		t.Fatal(err)
	}
	before := strings.Split(strings.TrimSpace(string(raw)), "\n")
	for _, line := range before {
		if _, there := slices.BinarySearch(now, line); !there {
			t.Errorf("gone or changed, which breaks programs of others: %s", line)
		}
	}
	for _, line := range now {
		if !slices.Contains(before, line) {
			t.Errorf("new, and not written down in %s: %s", apiFile, line)
		}
	}
	if len(now) < 300 {
		t.Errorf("only %d lines: the packages were not seen", len(now))
	}
}

// exported lists what a package exports, a line each.
func exported(pkg *types.Package) []string {
	short := strings.TrimPrefix(pkg.Path(), module+"/")
	name := func(other *types.Package) string { return strings.TrimPrefix(other.Path(), module+"/") }
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, short+": "+fmt.Sprintf(format, args...)) }
	for _, of := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(of)
		if !object.Exported() {
			continue
		}
		named, isType := object.(*types.TypeName)
		if !isType {
			text := types.ObjectString(unnamed(object), name)
			if c, ok := object.(*types.Const); ok {
				text = "const " + of + " " + types.TypeString(c.Type(), name) // its value may change
			}
			add("%s", text)
			continue
		}
		kind := named.Type().Underlying()
		switch kind := kind.(type) {
		case *types.Struct:
			add("type %s struct", of)
			for field := range kind.Fields() {
				if field.Exported() {
					add("type %s field %s %s", of, field.Name(), types.TypeString(field.Type(), name))
				}
			}
		case *types.Interface:
			add("type %s interface", of)
			for method := range kind.Methods() {
				add("type %s needs %s %s", of, method.Name(), types.TypeString(signature(method.Type()), name))
			}
		default:
			add("type %s %s", of, types.TypeString(kind, name))
		}
		if _, isInterface := kind.(*types.Interface); isInterface {
			continue
		}
		methods := types.NewMethodSet(types.NewPointer(named.Type()))
		for selection := range methods.Methods() {
			if selection.Obj().Exported() {
				add("type %s method %s %s", of, selection.Obj().Name(), types.TypeString(signature(selection.Type()), name))
			}
		}
	}
	return lines
}

// unnamed is a function without the names of its parameters, which may change; anything else is as it was.
func unnamed(object types.Object) types.Object {
	f, ok := object.(*types.Func)
	if !ok {
		return object
	}
	return types.NewFunc(f.Pos(), f.Pkg(), f.Name(), signature(f.Type()).(*types.Signature))
}

func signature(of types.Type) types.Type {
	s, ok := of.(*types.Signature)
	if !ok || s.TypeParams().Len() > 0 {
		return of
	}
	return types.NewSignatureType(nil, nil, nil, nameless(s.Params()), nameless(s.Results()), s.Variadic())
}

func nameless(of *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range of.Variables() {
		vars = append(vars, types.NewParam(v.Pos(), v.Pkg(), "", v.Type()))
	}
	return types.NewTuple(vars...)
}
