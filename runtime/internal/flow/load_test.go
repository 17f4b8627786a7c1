package flow

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

// write writes files into a new folder and gives its path.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const small = `
authrun {
  required_version = ">= 0.1"
  store            = "state/authrun.db"
  required_plugins {
    easemob = { source = "./plugins", version = "~> 0.1" }
  }
  network {
    proxy = "http://127.0.0.1:3128"
  }
}
variable "im_secret" {
  type      = string
  sensitive = true
}
locals {
  region = "a1"
}
auth "easemob" "im" {
  base_url      = "https://${local.region}.easemob.com"
  client_secret = var.im_secret
  depends_on    = [auth.ippbx.hq, auth.ippbx.many["a"]]
  lifecycle {
    renew_before = "10m"
    precondition {
      condition     = var.im_secret != ""
      error_message = "im_secret must be set."
    }
  }
  retry {
    attempts = 4
  }
  limit "monthly" {
    count = 8
  }
  extra {
    x = auth.ippbx.hq.token
  }
}
output "im_token" {
  value     = auth.easemob.im.token
  sensitive = true
}
`

const smallJSON = `{
  "//": "the same in JSON",
  "authrun": {"required_version": ">= 0.1", "store": "state/authrun.db",
    "required_plugins": {"easemob": {"source": "./plugins", "version": "~> 0.1"}}, "network": {"proxy": "http://127.0.0.1:3128"}},
  "variable": {"im_secret": {"type": "string", "sensitive": true}},
  "locals": {"region": "a1"},
  "auth": {"easemob": {"im": {
    "base_url": "https://${local.region}.easemob.com",
    "client_secret": "${var.im_secret}",
    "depends_on": ["auth.ippbx.hq", "auth.ippbx.many[\"a\"]"],
    "lifecycle": {"renew_before": "10m", "precondition": {"condition": "${var.im_secret != \"\"}", "error_message": "im_secret must be set."}},
    "retry": {"attempts": 4},
    "limit": {"monthly": {"count": 8}},
    "extra": {"x": "${auth.ippbx.hq.token}"}
  }}},
  "output": {"im_token": {"value": "${auth.easemob.im.token}", "sensitive": true}}
}`

// summary is what a flow declares, for a comparison.
func summary(f *Flow) []string {
	set := f.Settings
	lines := []string{fmt.Sprint(set.RequiredVersion, " ", set.Store != nil, " ", set.Network.Proxy != nil, " ", set.RequiredPlugins[0].Vendor, " ",
		set.RequiredPlugins[0].Source, " ", set.RequiredPlugins[0].Version)}
	for _, v := range f.Variables {
		lines = append(lines, fmt.Sprint("variable ", v.Name, " ", v.Type.FriendlyName(), " ", v.Sensitive, " ", v.Nullable))
	}
	for _, l := range f.Locals {
		lines = append(lines, "local "+l.Name)
	}
	for _, a := range f.Auths {
		lines = append(lines, fmt.Sprint(a.Addr(), " ", len(a.Preconditions), " ", a.Retry.Attempts != nil, " ", a.Limits[0].Name, " ", a.RenewBefore != nil))
		for _, d := range a.DependsOn {
			lines = append(lines, "depends on "+d.Addr.String())
		}
		uses := make(map[string]bool)
		for _, ref := range a.Uses {
			switch ref.Kind {
			case RefVar:
				uses["var "+ref.Name] = true
			case RefLocal:
				uses["local "+ref.Name] = true
			default:
				uses[fmt.Sprint(ref.Addr, " and ", len(ref.Rest), " step")] = true
			}
		}
		lines = append(lines, "uses "+strings.Join(slices.Sorted(maps.Keys(uses)), ", "))
	}
	for _, o := range f.Outputs {
		lines = append(lines, fmt.Sprint("output ", o.Name, " ", o.Sensitive))
	}
	return lines
}

func TestLoad(t *testing.T) {
	native, diags := Load(filepath.Join(write(t, map[string]string{"flow.hcl": small}), "flow.hcl"))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	inJSON, diags := Load(filepath.Join(write(t, map[string]string{"flow.hcl.json": smallJSON}), "flow.hcl.json"))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if diff := cmp.Diff(summary(native), summary(inJSON)); diff != "" {
		t.Error("native and JSON differ:", diff)
	}
	want := []string{
		">= 0.1 true true easemob ./plugins ~> 0.1",
		"variable im_secret string true true",
		"local region",
		"auth.easemob.im 1 true monthly true",
		"depends on auth.ippbx.hq",
		`depends on auth.ippbx.many["a"]`,
		"uses auth.ippbx.hq and 1 step, local region, var im_secret",
		"output im_token true",
	}
	if diff := cmp.Diff(want, summary(native)); diff != "" {
		t.Error(diff)
	}
}

func TestLoadFolder(t *testing.T) {
	dir := write(t, map[string]string{
		"b.hcl":             "auth \"v\" \"b\" {\n}\n",
		"a.hcl":             "\xef\xbb\xbfauth \"v\" \"a\" {\r\n}\r\n",
		"c.hcl.json":        `{"auth":{"v":{"c":{}}}}`,
		"vars.auto.hclvars": "x = 1",
		".hidden.hcl":       "broken {",
		"#edited.hcl":       "broken {",
		"old.hcl~":          "broken {",
		"notes.txt":         "broken {",
	})
	if err := os.Mkdir(filepath.Join(dir, "sub.hcl"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, diags := Load(dir)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	var got []string
	for _, a := range f.Auths {
		got = append(got, a.Addr().String()+" "+filepath.Base(a.Range.Filename))
	}
	if diff := cmp.Diff([]string{"auth.v.a a.hcl", "auth.v.b b.hcl", "auth.v.c c.hcl.json"}, got); diff != "" {
		t.Error(diff)
	}
	if !filepath.IsAbs(f.Dir) || len(f.Files) != 3 {
		t.Error(f.Dir, len(f.Files))
	}
}

func TestUnreadable(t *testing.T) {
	deep := func(open string, n int) string { return "locals {\n  x = " + strings.Repeat(open, n) + "1\n}\n" }
	for name, c := range map[string]struct {
		text string // of flow.hcl; empty: no file is written
		path string // in the folder; empty: flow.hcl
		want string
	}{
		"missing":      {path: "nothing.hcl", want: `No such file: There is no file or folder ".*nothing.hcl"`},
		"empty folder": {path: ".", want: `No flow files: The folder .* holds no flow`},
		"empty file":   {text: " \n", want: `Nothing declared: .* declares no auth block and no output`},
		"binary":       {text: "auth\n\x00\x01", want: `Not a text file: .* at line 2 it holds a zero byte`},
		"latin 1":      {text: "# caf\xe9\n", want: `Not a text file: .* at line 1 its bytes are no UTF-8`},
		"UTF-16":       {text: "\xff\xfea\x00", want: `Not a text file: .* it is written in UTF-16`},
		"large":        {text: strings.Repeat("# a comment line\n", 1<<20), want: `File too large: .* larger than 16 MiB`},
		"brackets":     {text: deep("[", 100_000), want: `Nested too deep: At line 2 of`},
		"operators":    {text: deep("!", 100_000), want: `Nested too deep`},
		"signs":        {text: deep("- ", 100_000), want: `Nested too deep`},
		"choices":      {text: deep("a?b:", 200_000), want: `Nested too deep`},
		"directives":   {text: deep(`"%{if a}`, 200_000), want: `Nested too deep`},
		"large number": {text: "locals {\n  x = 1e99999999\n  y = \"1e99999999\"\n}\n", want: `Number too large`},
		"a folder":     {path: "sub", want: `No flow files`},
		"unreadable":   {text: "x", path: "flow.hcl/x", want: `Unreadable file: .* could not be read: not a directory`},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			if c.text != "" {
				files["flow.hcl"] = c.text
			}
			dir := write(t, files)
			if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
				t.Fatal(err)
			}
			path := c.path
			if path == "" {
				path = "flow.hcl"
			}
			f, diags := Load(filepath.Join(dir, path))
			if f == nil || len(diags) != 1 || !regexp.MustCompile(c.want).MatchString(diags[0].Summary+": "+diags[0].Detail) {
				t.Errorf("got %v, want %q", diags, c.want)
			}
		})
	}
}

// A thousand brackets are much, and no harm.
func TestManyBrackets(t *testing.T) {
	text := "locals {\n  x = " + strings.Repeat("[", 900) + strings.Repeat("]", 900) + "\n}\noutput \"x\" {\n  value = 1\n}\n"
	if _, diags := Load(write(t, map[string]string{"x.hcl": text})); len(diags) > 0 {
		t.Error(diags)
	}
}

// A large file that is read in pieces means what it means when read as a whole, and its places are the same.
func TestParts(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n# header\n")
	for i := range 4000 {
		fmt.Fprintf(&b, "auth \"cloud\" \"n%d\" {\n  text = <<-EOT\n    环信 %d\n  EOT\n  inner {\n  }\n}\n\n", i, i)
	}
	src := []byte(b.String())
	pieces := parseParts(src, "flow.hcl")
	if pieces == nil {
		t.Fatal("a plain large file is not read in pieces")
	}
	whole, diags := Parse(src[:len(src)-1], "flow.hcl")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	got, _ := pieces.Body.Content(rootSchema)
	want, _ := whole.Body.Content(rootSchema)
	if len(got.Blocks) != 4000 || len(want.Blocks) != 4000 {
		t.Fatal(len(got.Blocks), len(want.Blocks))
	}
	for i := range got.Blocks {
		if diff := cmp.Diff(want.Blocks[i].DefRange, got.Blocks[i].DefRange); diff != "" {
			t.Fatal(i, diff)
		}
		attrs, _ := got.Blocks[i].Body.JustAttributes()
		r := attrs["text"].Expr.Range()
		if text := string(r.SliceBytes(src)); !strings.Contains(text, fmt.Sprintf("环信 %d\n", i)) {
			t.Fatalf("block %d: the text is at %q", i, text)
		}
	}
	last := got.Blocks[3999].DefRange.Start.Byte
	if header := pieces.Nav.(navigation).ContextString(last + 30); header != `auth "cloud" "n3999"` {
		t.Errorf("the block around it is %q", header)
	}
}

// Where a closing brace alone on a line is no end of a block, and where there are errors, the file is read as a whole.
func TestPartsGiveUp(t *testing.T) {
	filler := strings.Repeat("auth \"cloud\" \"n\" {\n}\n", 3*partSize/20)
	for name, text := range map[string]string{
		"heredoc":   "locals {\n  x = <<EOT\n" + strings.Repeat("a\n}\n", partSize) + "EOT\n}\n",
		"comment":   filler + "/*\n" + strings.Repeat("}\n", partSize) + "*/\n",
		"attribute": "x = 1\n" + filler + "x = 2\n",
		"error":     filler + "auth {\n",
	} {
		t.Run(name, func(t *testing.T) {
			if parseParts([]byte(text), "flow.hcl") != nil {
				t.Error("it was read in pieces")
			}
		})
	}
	if _, diags := Parse([]byte(filler+"x = 1\n}\n"), "flow.hcl"); !diags.HasErrors() || diags[0].Subject.Start.Line != strings.Count(filler, "\n")+2 {
		t.Error(diags)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small, false)
	f.Add(smallJSON, true)
	f.Add("auth \"a\" \"b\" {\n  count = 1\n  for_each = {}\n  check {}\n  sink = 1\n}\n", false)
	f.Fuzz(func(t *testing.T, text string, inJSON bool) {
		name := "flow.hcl"
		if inJSON {
			name += ".json"
		}
		file, diags := Parse([]byte(text), name)
		if file == nil && !diags.HasErrors() {
			t.Fatal("neither a file nor an error")
		}
		if file != nil && file.Body != nil {
			l := loader{flow: &Flow{}, seen: make(map[string]hcl.Range)}
			l.body(file.Body)
		}
	})
}
