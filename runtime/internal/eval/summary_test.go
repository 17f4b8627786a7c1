package eval

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// elsewhere are the summaries that no flow with comments can bring about, and the test that does.
var elsewhere = map[string]string{
	"No such file":        "flow.TestUnreadable",
	"Unreadable file":     "flow.TestUnreadable",
	"File too large":      "flow.TestUnreadable",
	"No flow files":       "flow.TestUnreadable",
	"Cannot be formatted": "is told of a bug only",
	"Value is not known":  "TestSupposeNothingDecisive",
}

// Every message that packages flow and eval can give is wanted by a flow in testdata/want.
func TestEveryMessageIsWanted(t *testing.T) {
	wanted := make(map[string]bool)
	files, err := filepath.Glob("testdata/want/*.hcl*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := make(map[spot][]string)
		wants(file, string(src), found)
		for _, patterns := range found {
			for _, pattern := range patterns {
				summary, _, _ := strings.Cut(pattern, ":")
				wanted[summary] = true
			}
		}
	}
	all := summaries(t, ".", "../flow")
	for _, summary := range all {
		if !wanted[summary] && elsewhere[summary] == "" {
			t.Errorf("no flow in testdata/want brings about %q", summary)
		}
	}
	for summary := range elsewhere {
		if !slices.Contains(all, summary) {
			t.Errorf("nothing says %q any more", summary)
		}
	}
	if len(all) < 40 {
		t.Errorf("only %d messages were found in the sources", len(all))
	}
}

// position is the number of the argument that is the summary, in the calls that make diagnostics.
var position = map[string]int{"fail": 1, "failure": 0, "wrong": 1, "unfit": 1, "hold": 1}

// summaries are the fixed words of all diagnostics that the sources in folders make.
func summaries(t *testing.T, folders ...string) []string {
	t.Helper()
	found := make(map[string]bool)
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if text != "" && text[0] >= 'A' && text[0] <= 'Z' {
				found[text] = true
			}
		}
	}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool { return inspect(n, add) })
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// inspect finds the summaries in a node: of literals of a diagnostic, of the calls that make one, and of functions that return one.
func inspect(n ast.Node, add func(ast.Expr)) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Summary" {
			add(n.Value)
		}
	case *ast.AssignStmt:
		if to, ok := n.Lhs[0].(*ast.SelectorExpr); ok && to.Sel.Name == "Summary" {
			add(n.Rhs[0])
		}
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		if at, ok := position[name]; ok && at < len(n.Args) {
			add(n.Args[at])
		}
	case *ast.FuncDecl:
		results := n.Type.Results
		if results != nil && len(results.List) > 0 && len(results.List[0].Names) > 0 && results.List[0].Names[0].Name == "summary" {
			ast.Inspect(n.Body, func(inner ast.Node) bool {
				if r, ok := inner.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
					add(r.Results[0])
				}
				return true
			})
		}
	}
	return true
}
