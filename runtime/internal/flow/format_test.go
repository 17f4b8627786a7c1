package flow

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func TestFormat(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"columns":           {"a=1\nbbb   =2\n", "a   = 1\nbbb = 2\n"},
		"indentation":       {"auth \"a\" \"b\" {\nx=1 # one\n  retry{\nattempts=2\n}\n}\n", "auth \"a\" \"b\" {\n  x = 1 # one\n  retry {\n    attempts = 2\n  }\n}\n"},
		"no line end":       {"a = 1", "a = 1\n"},
		"empty lines after": {"a = 1\n\n\n", "a = 1\n"},
		"nothing":           {"", ""},
		"empty lines only":  {"\n\n", ""},
		"comment only":      {"  # here", "# here\n"},
		"spaces at the end": {"a = 1\n# here  ", "a = 1\n# here\n"},
		"byte order mark":   {"\xef\xbb\xbfa=1\n", "a = 1\n"},
		"Windows line ends": {"a=1\r\nbb=2 # c\r\n", "a  = 1\r\nbb = 2 # c\r\n"},
		"heredoc":           {"a=<<EOT\n  x \n\n ${ b }\nEOT\n", "a = <<EOT\n  x \n\n ${b}\nEOT\n"},
		"flush heredoc":     {"a {\nb=<<-EOT\n      x\n    EOT\n}\n", "a {\n  b = <<-EOT\n      x\n    EOT\n}\n"},
		"Chinese":           {"a=\"甲\" # 乙\nbb=\"丙丁\"    # 戊\n", "a  = \"甲\"  # 乙\nbb = \"丙丁\" # 戊\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, diags := Format([]byte(c.src), "test.hcl")
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestFormatRefuses(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"a syntax error": {"a = \n", "Invalid expression"},
		"an open block":  {"a {\n", "Unclosed configuration block"},
		"a picture":      {"\x89PNG\x00", "Not a text file"},
		"UTF-16":         {"\xff\xfea\x00", "Not a text file"},
		"an odd number":  {"b = 1\na = 8. 8\n", "Cannot be formatted"},
		"a huge number":  {"a = 7e77777777777\n", "Invalid number literal"},
		"deep brackets":  {"a = " + strings.Repeat("[", 100_000), "Nested too deep"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, diags := Format([]byte(c.src), "test.hcl")
			if got != nil || !diags.HasErrors() || diags[0].Summary != c.want {
				t.Errorf("got %q and %v, want %q", got, diags, c.want)
			}
		})
	}
}

// FuzzFormat shows that formatting is idempotent and keeps what a text means.
func FuzzFormat(f *testing.F) {
	for _, pattern := range []string{"testdata/*.hcl", "../eval/testdata/*.hcl", "../../../examples/*.hcl"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(src))
		}
	}
	for _, src := range []string{
		"a=[1,\n2,# c\n3]\nb={\nx=1\nyyy=2}\n", "a = \"${ var.x }%{ if b ~} y %{ else }z%{ endif }\"\n", "/* a\n  b */ a=1\n",
		"a = <<-EOT\n  %{ for x in y ~}\n  ${~ x ~}\n  %{ endfor ~}\n  EOT\n", "a = b ? c : d\nc= -1\nd=!e\nf = g[0].h[*].i.*.j\n",
		"a = {for k, v in x : k => v... if v != null}\n", "a = f(x...) # c\n  // d\nb = (\n1 +\n2)\n", "a \"b\" c { d = 1 }\n", "a = <<EOT\r\n x\r\nEOT\r\n",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		once, file, diags := Format([]byte(src), "test.hcl")
		if diags.HasErrors() {
			return
		}
		twice, again, diags := Format(once, "test.hcl")
		if diags.HasErrors() {
			t.Fatalf("%q became %q: %v", src, once, diags)
		}
		if !bytes.Equal(once, twice) {
			t.Errorf("%q became %q, and then %q", src, once, twice)
		}
		if diff := cmp.Diff(structure(file), structure(again)); diff != "" {
			t.Errorf("%q became %q, which means something else (-before +after)\n%s", src, once, diff)
		}
	})
}

// structure is what a file means: its blocks, arguments and expressions, without places.
func structure(file *hcl.File) []string {
	var all []string
	describeBody(&all, file.Body.(*hclsyntax.Body))
	return all
}

func describeBody(all *[]string, body *hclsyntax.Body) {
	for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
		*all = append(*all, name+" =")
		_ = hclsyntax.Walk(body.Attributes[name].Expr, walker{all})
	}
	for _, block := range body.Blocks {
		*all = append(*all, strings.Join(append([]string{block.Type}, block.Labels...), " ")+" {")
		describeBody(all, block.Body)
		*all = append(*all, "}")
	}
}

type walker struct{ all *[]string }

func (w walker) Exit(hclsyntax.Node) hcl.Diagnostics {
	*w.all = append(*w.all, ")")
	return nil
}

func (w walker) Enter(node hclsyntax.Node) hcl.Diagnostics {
	words := []string{fmt.Sprintf("%T", node)}
	switch n := node.(type) {
	case *hclsyntax.LiteralValueExpr:
		words = append(words, n.Val.GoString())
	case *hclsyntax.ScopeTraversalExpr:
		words = append(words, steps(n.Traversal)...)
	case *hclsyntax.RelativeTraversalExpr:
		words = append(words, steps(n.Traversal)...)
	case *hclsyntax.FunctionCallExpr:
		words = append(words, n.Name, fmt.Sprint(n.ExpandFinal))
	case *hclsyntax.ForExpr:
		words = append(words, n.KeyVar, n.ValVar, fmt.Sprint(n.Group))
	}
	*w.all = append(*w.all, "("+strings.Join(words, " "))
	return nil
}

func steps(t hcl.Traversal) []string {
	var words []string
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			words = append(words, step.Name)
		case hcl.TraverseAttr:
			words = append(words, "."+step.Name)
		case hcl.TraverseIndex:
			words = append(words, "["+step.Key.GoString()+"]")
		}
	}
	return words
}
