package functions

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// world is a World whose folder holds a few files.
func world(t *testing.T) World {
	t.Helper()
	dir := t.TempDir()
	for name, file := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"plain.txt":   {"text\n", 0o644},
		"secret":      {"s3cret-value\r\n", 0o600},
		"open-secret": {"s3cret-value", 0o644},
		"binary":      {"\x00\xff", 0o600},
		"hello.tpl":   {"Hello ${name}%{ for x in list } ${x}%{ endfor }!", 0o600},
		"itself.tpl":  {`${templatefile("itself.tpl", {})}`, 0o600},
		"wrong.tpl":   {"${", 0o600},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(file.text), file.mode); err != nil {
			t.Fatal(err)
		}
	}
	return World{
		Dir: dir,
		Env: func(name string) (string, bool) {
			value, ok := map[string]string{"SET": "env-value", "EMPTY": "", "BYTES": "\xff", "HOME": "/home/me"}[name]
			return value, ok
		},
		Now:    time.Date(2026, 3, 1, 13, 0, 0, 0, time.FixedZone("", 3600)),
		Random: bytes.NewReader(bytes.Repeat([]byte{0xab}, 1024)),
	}
}

// evaluate gives an expression its value. The variable `secret` is a sensitive string, `nfd` is a text that Unicode changes.
func evaluate(t *testing.T, w World, text string) (cty.Value, hcl.Diagnostics) {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(text), "test.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return expr.Value(&hcl.EvalContext{Functions: New(w), Variables: map[string]cty.Value{
		"secret":  cty.StringVal("s3cret-value").Mark(mark.Sensitive),
		"unknown": cty.UnknownVal(cty.String),
		"deep":    cty.StringVal(strings.Repeat("[", 100_000)),
		"long":    cty.StringVal(strings.Repeat("9", 20_000)),
		"bomb":    cty.StringVal("a: &a [x]\n" + strings.Repeat("b: &b [*a, *a, *a]\n", 20)),
		"pair":    cty.ObjectVal(map[string]cty.Value{"a": cty.StringVal("1").Mark(mark.Sensitive), "b": cty.StringVal("2")}),
	}})
}

func TestValues(t *testing.T) {
	w := world(t)
	for text, want := range map[string]string{
		`upper("a")`:                        `"A"`,
		`base64encode("a?b")`:               `"YT9i"`,
		`base64decode("YT9i")`:              `"a?b"`,
		`urlencode("a b&c")`:                `"a+b%26c"`,
		`urldecode("a+b%26c")`:              `"a b&c"`,
		`md5("123456")`:                     `"e10adc3949ba59abbe56e057f20f883e"`,
		`sha1("a")`:                         `"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"`,
		`sha256("a")`:                       `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`,
		`substr(sha512("a"), 0, 8)`:         `"1f40fc92"`,
		`base64sha256("a")`:                 `"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="`,
		`hmac_sha256("key", "message")`:     `"6e9ef29b75fffc5b7abae527d58fdadb2fe42e7219011976917343065f58ed4a"`,
		`length({a = 1, b = 2})`:            `2`,
		`length(["a"])`:                     `1`,
		`length("环信")`:                      `2`,
		`length(pair)`:                      `2`,
		`sum([1, 2.5])`:                     `3.5`,
		`one([])`:                           `null`,
		`one(toset(["a"]))`:                 `"a"`,
		`alltrue([true, false])`:            `false`,
		`anytrue([true, false])`:            `true`,
		`startswith("abc", "ab")`:           `true`,
		`endswith("abc", "ab")`:             `false`,
		`strcontains("abc", "b")`:           `true`,
		`replace("a.b.c", ".", "-")`:        `"a-b-c"`,
		`replace("a1b22", "/[0-9]+/", "_")`: `"a_b_"`,
		`env("SET")`:                        `"env-value"`,
		`env("NOT_THERE", "other")`:         `"other"`,
		`env("EMPTY", "other")`:             `""`,
		`file("plain.txt")`:                 `"text\n"`,
		`filebase64("binary")`:              `"AP8="`,
		`fileexists("plain.txt")`:           `true`,
		`fileexists("missing")`:             `false`,
		`secret_file("secret")`:             `"s3cret-value"`,
		`timestamp()`:                       `"2026-03-01T12:00:00Z"`,
		`uuid()`:                            `"abababab-abab-4bab-abab-abababababab"`,
		`basename("a/b.pem")`:               `"b.pem"`,
		`dirname("a/b.pem")`:                `"a"`,
		`templatefile("hello.tpl", {name = "x", list = [1, 2]})`: `"Hello x 1 2!"`,
		`templatestring("$${a}-$${b}", {a = 1, b = "c"})`:        `"1-c"`,
		`try(tonumber("x"), 7)`:                                  `7`,
		`can(tonumber("x"))`:                                     `false`,
		`toset(["b", "a", "b"])`:                                 `["a","b"]`,
		`tolist([1, "a"])`:                                       `["1","a"]`,
		`tomap({a = 1, b = 2})`:                                  `{"a":1,"b":2}`,
		`jsondecode(jsonencode({a = [1]}))`:                      `{"a":[1]}`,
		`issensitive(secret)`:                                    `true`,
		`issensitive(nonsensitive(secret))`:                      `false`,
		`format("%03d-%s", 7, "x")`:                              `"007-x"`,
		`formatdate("YYYY", "2026-03-01T12:00:00Z")`:             `"2026"`,
		`regex("b+", "abbc")`:                                    `"bb"`,
		`merge({a = 1}, {b = 2})`:                                `{"a":1,"b":2}`,
	} {
		v, diags := evaluate(t, w, text)
		if diags.HasErrors() {
			t.Errorf("%s: %v", text, diags)
			continue
		}
		if diff := cmp.Diff(want, asJSON(t, v)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestMarks(t *testing.T) {
	w := world(t)
	for text, want := range map[string]struct {
		sensitive, changed bool
		fleeting, exposed  int
	}{
		`env("SET")`:                            {sensitive: true},
		`env("NOT_THERE", "x")`:                 {sensitive: true},
		`sensitive("x")`:                        {sensitive: true},
		`nonsensitive(env("SET"))`:              {},
		`secret_file("secret")`:                 {sensitive: true},
		`secret_file("open-secret")`:            {sensitive: true, exposed: 1},
		`md5(secret)`:                           {sensitive: true},
		`base64decode("ZcyB")`:                  {changed: true}, // e and a combining accent
		`upper(base64decode("ZcyB"))`:           {changed: true},
		`"${uuid()}-${timestamp()}"`:            {fleeting: 2},
		`length(pair)`:                          {},
		`pair.b`:                                {},
		`merge(pair, {}).a`:                     {sensitive: true},
		`templatestring("$${x}", {x = secret})`: {sensitive: true},
		`try(tonumber(secret), secret)`:         {sensitive: true},
		`nonsensitive(uuid())`:                  {fleeting: 1},
	} {
		v, diags := evaluate(t, w, text)
		if diags.HasErrors() {
			t.Errorf("%s: %v", text, diags)
			continue
		}
		_, set := mark.Take(v)
		if set.Sensitive() != want.sensitive || set.Changed() != want.changed || len(set.Fleeting()) != want.fleeting || len(set.Exposed()) != want.exposed {
			t.Errorf("%s: marks are %+v, want %+v", text, set, want)
		}
	}
}

func TestErrors(t *testing.T) {
	w := world(t)
	for text, want := range map[string]string{
		`env("NOT_THERE")`:                     `the environment variable NOT_THERE is not set; set it, or give a default: env("NOT_THERE", "...")`,
		`env("BYTES")`:                         "holds bytes that are no UTF-8 text",
		`env("A", "b", "c")`:                   "env takes a name and at most one default",
		`file("missing")`:                      "there is no file",
		`file("binary")`:                       "is no UTF-8 text; filebase64 reads other files",
		`fileexists(".")`:                      "is no regular file",
		`base64decode("?")`:                    "not Base64",
		`base64decode("/w==")`:                 "no UTF-8 text",
		`urldecode("%")`:                       "not URL-encoded text",
		`replace("a", "/[/", "")`:              "not a regular expression",
		`one([1, 2])`:                          "at most one",
		`sum([])`:                              "an empty list has no sum",
		`tonumber("1e9999999")`:                "too large for any program",
		`jsondecode("[1e999999]")`:             "too large for any program",
		`index(["a"], "b")`:                    "the list does not hold this value",
		`coalesce(null, "")`:                   "all arguments are null or empty",
		`matchkeys(["a"], [], [])`:             "there are 1 values and 0 keys",
		`timecmp("now", "then")`:               "not a time such as",
		`uuidv5("x", "y")`:                     "dns, url, oid, x500 or a UUID",
		`fileset("nowhere", "*")`:              "there is no file",
		`fileset("plain.txt", "*")`:            "is no folder",
		`fileset(".", "[")`:                    "not a pattern of file names",
		`jsondecode(deep)`:                     "nests too deep",
		`yamldecode(deep)`:                     "nests too deep",
		`yamldecode(bomb)`:                     "more than 32 aliases",
		`yamldecode("1e99999999")`:             "too large for any program",
		`templatestring(deep, {})`:             "the template nests too deep",
		`templatestring("$${1e99999999}", {})`: "larger than any program can use",
		`parseint(long, 10)`:                   "too large for any program",
		`tonumber(long)`:                       "too large for any program",
		`indent(1e9, "a")`:                     "at most 1000 spaces",
		`setproduct(range(1024), range(1024), range(1024))`: "more than 1048576 elements",
		`join(long, range(1024))`:                           "larger than 16 MiB",
		`replace(long, "9", long)`:                          "larger than 16 MiB",
		`replace(long, "/9/", long)`:                        "larger than 16 MiB",
		`length(1)`:                                         "a list, set, map, object or string is needed",
		`templatefile("itself.tpl", {})`:                    "a template cannot call templatefile: templates render no other templates",
		`templatefile("wrong.tpl", {})`:                     "the template is wrong",
		`templatestring("$${a}", {})`:                       "the template is wrong",
		`templatestring("x", {"a b" = 1})`:                  `"a b" cannot name a variable`,
		`templatestring("x", 1)`:                            "an object or map is needed",
	} {
		_, diags := evaluate(t, w, text)
		if !diags.HasErrors() || !strings.Contains(diags.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, diags, want)
		}
	}
}

func TestNoInputs(t *testing.T) {
	w := world(t)
	w.NoInputs = true
	v, diags := evaluate(t, w, `"x-${env("NOT_THERE")}"`)
	if diags.HasErrors() || v.IsKnown() || !mark.IsSensitive(v) {
		t.Errorf("%v, known %v, sensitive %v", diags, v.IsKnown(), mark.IsSensitive(v))
	}
}

// Whatever a function is called with, an error does not show a sensitive argument. Every function is called with a secret in each place,
// as a string, in a list and in an object, beside values of every kind; those that fail must hide it, and those that do not must keep its
// mark in what they give.
func TestNoErrorShowsASecret(t *testing.T) {
	const secret = "s3cret-value"
	w := world(t)
	all := New(w)
	hidden := cty.StringVal(secret).Mark(mark.Sensitive)
	hiddens := []cty.Value{
		hidden,
		cty.ListVal([]cty.Value{hidden, hidden}),
		cty.TupleVal([]cty.Value{hidden, cty.NumberIntVal(1)}),
		cty.ObjectVal(map[string]cty.Value{"a": hidden}),
		cty.NumberIntVal(7).Mark(mark.Sensitive),
		cty.NullVal(cty.String).Mark(mark.Sensitive),
		cty.StringVal(`{"` + secret + `":1,"` + secret + `":2}`).Mark(mark.Sensitive),
		cty.StringVal(secret + "," + secret + "\na,b\n").Mark(mark.Sensitive),
	}
	others := []cty.Value{cty.StringVal("x"), cty.NumberIntVal(10), cty.True, cty.NullVal(cty.String),
		cty.ListVal([]cty.Value{cty.StringVal("y")}), cty.MapVal(map[string]cty.Value{"a": cty.StringVal("z")})}
	failed := make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f := all[name]
		n := len(f.Params()) + variadic(f)
		if name == "try" || name == "can" || n == 0 {
			continue // TestNoExpressionShowsASecret has those that take expressions
		}
		for at := range n {
			for _, h := range hiddens {
				for _, o := range others {
					args := slices.Repeat([]cty.Value{o}, n)
					args[at] = h
					if err := call(f, args); err != nil {
						failed[name] = true
						if strings.Contains(err.Error(), secret) {
							t.Errorf("%s shows the secret: %v", name, err)
						}
					}
				}
			}
		}
		if !failed[name] && !slices.Contains(cannotFail, name) {
			t.Errorf("%s never failed, so it was not tried well", name)
		}
	}
}

// cannotFail are the functions that take everything.
var cannotFail = []string{"sensitive", "nonsensitive", "issensitive", "jsonencode", "yamlencode"}

// The same through expressions, which convert arguments on the way and tell of errors in their own words.
func TestNoExpressionShowsASecret(t *testing.T) {
	w := world(t)
	for _, text := range []string{
		`try(tonumber(secret))`, `try(tonumber(secret), file(secret))`, `tonumber(secret)`, `parseint(secret, 10)`, `secret + 1`, `-secret`,
		`secret ? 1 : 2`, `{ a = 1 }[secret]`, `[1][secret]`, `pair[secret]`, `tomap({ a = 1 })[secret]`, `jsondecode("{\"${secret}\":1}").x`,
		`yamldecode("*${secret}")`, `yamldecode("!!${secret} x")`, `file(secret)`,
		`templatefile(secret, {})`, `templatestring("$${${secret}}", {})`, `templatestring("$${x}", { "${secret} " = 1 })`, `merge(secret, {})`,
		`{ for k in [secret, secret] : k => k }`, `regex(secret, "x")`, `regex("(", secret)`, `replace(secret, "/(/", "")`, `formatdate(secret, secret)`,
		`timeadd(secret, "1h")`, `timecmp(secret, secret)`, `uuidv5(secret, "x")`, `csvdecode("${secret},${secret}\n1,2")`, `index([1], secret)`,
		`format(secret, 1, 2, 3)`, `fileset(secret, "*")`, `fileset(".", "[${secret}")`, `env(secret)`, `secret_file(secret)`, `zipmap([secret], [])`,
		`toset({ a = secret })`, `tobool(secret)`, `one([secret, secret])`, `element([], secret)`, `lookup(pair, secret, {})`, `unknownfn(secret)`,
		`secret.attribute`, `secret[*].x.y`, `[for x in secret : x]`, `"%{for x in secret}%{endfor}"`, `"%{if secret}%{endif}"`, `!secret`,
		`secret == 1 ? secret.a : secret.b`, `matchkeys([secret], [], [])`, `pathexpand([secret])`, `base64decode(secret)`, `range(secret)`,
	} {
		_, diags := evaluate(t, w, text)
		if !diags.HasErrors() && !slices.Contains([]string{`format(secret, 1, 2, 3)`, `lookup(pair, secret, {})`, `secret[*].x.y`}, text) {
			t.Errorf("%s has a value", text)
		}
		for _, d := range diags {
			if strings.Contains(d.Summary+d.Detail, "s3cret-value") && d.Summary != "Duplicate object key" { // which package eval rewords
				t.Errorf("%s shows the secret: %s: %s", text, d.Summary, d.Detail)
			}
		}
	}
}

// call converts arguments as HCL does, and calls.
func call(f function.Function, args []cty.Value) error {
	_, err := f.Call(args)
	return err
}

func TestLongTuple(t *testing.T) {
	keys := make([]cty.Value, 20_000)
	for i := range keys {
		keys[i] = cty.StringVal(strings.Repeat("k", i%7) + string(rune('a'+i%26)))
	}
	v, err := New(world(t))["toset"].Call([]cty.Value{cty.TupleVal(keys)})
	if err != nil || !v.Type().Equals(cty.Set(cty.String)) || v.LengthInt() != 7*26 {
		t.Errorf("%v %#v", err, v.Type())
	}
}
