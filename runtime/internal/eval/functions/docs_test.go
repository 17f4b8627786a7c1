package functions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// docs is the reference that is made of the functions.
const docs = "../../../../docs/functions.md"

// groups are the functions with an example each, in the order of the reference. An example without arguments of its own shows no value.
var groups = []struct {
	title    string
	examples []string
}{
	{"Secrets, environment and files", []string{`env("SET", "default")`, `secret_file("secret")`, `sensitive("x")`, `nonsensitive(sensitive("x"))`,
		`issensitive(env("SET"))`, `file("plain.txt")`, `fileexists("plain.txt")`, `filebase64("binary")`, `fileset(".", "*.tpl")`,
		`templatefile("hello.tpl", { name = "x", list = [1, 2] })`, `templatestring("Hello $${name}", { name = "x" })`, `abspath("/etc/../tmp")`,
		`basename("keys/pbx.pem")`, `dirname("keys/pbx.pem")`, `pathexpand("~/key")`}},
	{"Strings", []string{`chomp("a\n")`, `endswith("abc", "bc")`, `format("%s-%03d", "a", 7)`, `formatlist("%s!", ["a", "b"])`, `indent(2, "a\nb")`,
		`join("-", ["a", "b"])`, `lower("ABC")`, `regex("[0-9]+", "port 8260")`, `regexall("[a-z]", "a1b2")`, `replace("a1b22", "/[0-9]+/", "_")`,
		`split(",", "a,b")`, `startswith("abc", "ab")`, `strcontains("abc", "b")`, `strlen("环信")`, `strrev("abc")`, `substr("abcdef", 1, 3)`,
		`title("ab cd")`, `trim("--a--", "-")`, `trimprefix("v1", "v")`, `trimspace(" a ")`, `trimsuffix("a.pem", ".pem")`, `upper("abc")`}},
	{"Numbers", []string{`abs(-2)`, `ceil(1.2)`, `floor(1.8)`, `log(8, 2)`, `max(1, 3, 2)`, `min(1, 3, 2)`, `parseint("ff", 16)`, `pow(2, 10)`, `signum(-5)`,
		`sum([1, 2.5])`}},
	{"Collections", []string{`alltrue([true, false])`, `anytrue([true, false])`, `chunklist(["a", "b", "c"], 2)`, `coalesce(null, "", "a")`,
		`coalescelist([], ["a"])`, `compact(["a", "", "b"])`, `concat(["a"], ["b"])`, `contains(["a", "b"], "b")`, `distinct(["a", "b", "a"])`,
		`element(["a", "b"], 3)`, `flatten([["a"], [["b"]]])`, `index(["a", "b"], "b")`, `keys({ b = 1, a = 2 })`, `length(["a", "b"])`,
		`lookup({ a = 1 }, "b", 0)`, `matchkeys(["i1", "i2"], ["x", "y"], ["y"])`, `merge({ a = 1 }, { b = 2 })`, `one(["a"])`, `range(1, 4)`,
		`reverse([1, 2])`, `setintersection(["a", "b"], ["b", "c"])`, `setproduct(["a", "b"], [1, 2])`, `setsubtract(["a", "b"], ["b"])`,
		`setunion(["a"], ["b"])`, `slice(["a", "b", "c"], 1, 3)`, `sort(["b", "a"])`, `transpose({ a = ["x", "y"], b = ["x"] })`,
		`values({ b = 1, a = 2 })`, `zipmap(["a", "b"], [1, 2])`}},
	{"Encoding", []string{`base64decode("YWJj")`, `base64encode("abc")`, `base64gzip("abc")`, `csvdecode("a,b\n1,2\n")`, `jsondecode("{\"a\":[1]}")`,
		`jsonencode({ a = [1] })`, `urldecode("a+b%26c")`, `urlencode("a b&c")`, `yamldecode("a: [1, x]")`, `yamlencode({ a = [1] })`}},
	{"Hashes and ids", []string{`base64sha256("abc")`, `base64sha512("abc")`, `filebase64sha256("plain.txt")`, `filebase64sha512("plain.txt")`,
		`filemd5("plain.txt")`, `filesha1("plain.txt")`, `filesha256("plain.txt")`, `filesha512("plain.txt")`, `hmac_md5("key", "message")`,
		`hmac_sha1("key", "message")`, `hmac_sha256("key", "message")`, `hmac_sha512("key", "message")`, `md5("123456")`, `sha1("abc")`,
		`sha256("abc")`, `sha512("abc")`, `uuid()`, `uuidv5("dns", "example.com")`}},
	{"Time", []string{`formatdate("YYYY-MM-DD", "2026-03-01T12:00:00Z")`, `timeadd("2026-03-01T12:00:00Z", "36h")`,
		`timecmp("2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z")`, `timestamp()`}},
	{"Conversion and errors", []string{`can(tonumber("x"))`, `try(tonumber("x"), 7)`, `tobool("true")`, `tolist([1, "a"])`, `tomap({ a = 1, b = 2 })`,
		`tonumber("12")`, `toset(["b", "a", "b"])`, `tostring(12)`}},
}

const preamble = `# Functions

This page is made of the functions themselves; a test holds it to them (UPDATE_DOCS=1 go test ./runtime/internal/eval/functions writes it anew).
Most have the names and the meaning that people know from Terraform. What is made of a sensitive value is sensitive, and an error never shows
one. Relative paths start at the flow's folder.

There are no functions for networks (cidr*), for passwords (bcrypt, rsadecrypt) and for other character sets (textencodebase64): no
vendor's argument has needed one. ` + "`uuid()` and `timestamp()`" + ` give another value at each run, so arguments cannot be made of them unless they are
volatile.
`

// TestDocs holds the reference of functions to the functions.
func TestDocs(t *testing.T) {
	want := reference(t)
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(docs, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/functions.md is not current; UPDATE_DOCS=1 writes it anew (-want +got)\n%s", diff)
	}
}

func reference(t *testing.T) []byte {
	w := world(t)
	all := New(w)
	var out bytes.Buffer
	out.WriteString(preamble)
	for _, g := range groups {
		fmt.Fprintf(&out, "\n## %s\n\n| function | gives | example |\n| --- | --- | --- |\n", g.title)
		slices.Sort(g.examples)
		for _, example := range g.examples {
			name, _, _ := strings.Cut(example, "(")
			f, ok := all[name]
			if !ok {
				t.Fatalf("there is no function %q, or it has two examples", name)
			}
			delete(all, name)
			if f.Description() == "" || !strings.HasSuffix(f.Description(), ".") {
				t.Errorf("%s is described as %q", name, f.Description())
			}
			fmt.Fprintf(&out, "| `%s` | %s | `%s` |\n", signature(name, f), cell(f.Description()), cell(shown(t, w, example)))
		}
	}
	if len(all) > 0 {
		t.Errorf("functions without an example: %v", slices.Sorted(maps.Keys(all)))
	}
	return out.Bytes()
}

// shown is an example with its value, where that is the same everywhere.
func shown(t *testing.T, w World, example string) string {
	t.Helper()
	v, diags := evaluate(t, w, example)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", example, diags)
	}
	text := asJSON(t, v)
	switch {
	case strings.HasSuffix(example, "()"):
		return example
	case len(text) > 48:
		text = text[:48] + "..."
	}
	return example + " = " + text
}

// asJSON writes a value compactly, without its marks.
func asJSON(t *testing.T, v cty.Value) string {
	t.Helper()
	v, _ = mark.Take(v)
	raw, err := ctyjson.SimpleJSONValue{Value: v}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(compact.String(), `\u0026`, "&")
}

func signature(name string, f function.Function) string {
	var params []string
	for _, p := range f.Params() {
		params = append(params, p.Name)
	}
	if rest := f.VarParam(); rest != nil {
		params = append(params, rest.Name+"...")
	}
	return name + "(" + strings.Join(params, ", ") + ")"
}

// cell makes a text fit into a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", `\"`, `"`).Replace(text)
}
