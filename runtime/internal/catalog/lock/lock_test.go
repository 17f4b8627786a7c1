package lock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"
)

var (
	one = "sha256:" + strings.Repeat("1", 64)
	two = "sha256:" + strings.Repeat("2", 64)
)

var plugins = []Plugin{
	{Vendor: "acme", Source: "https://plugins.example.com/authrun", Version: "1.2.0", Constraints: "~> 1.2",
		Hashes: map[string]string{"linux_amd64": one, "darwin_arm64": two}},
	{Vendor: "other", Source: "./plugins", Version: "0.1.0-rc.1", Hashes: map[string]string{"linux_amd64": two}},
}

func TestText(t *testing.T) {
	want := `# Written by "authrun init", to be kept with the flow. Change required_plugins and run it again, not this file.

format = 1

plugin "acme" {
  source      = "https://plugins.example.com/authrun"
  version     = "1.2.0"
  constraints = "~> 1.2"
  hashes = {
    darwin_arm64 = "` + two + `"
    linux_amd64  = "` + one + `"
  }
}

plugin "other" {
  source  = "./plugins"
  version = "0.1.0-rc.1"
  hashes = {
    linux_amd64 = "` + two + `"
  }
}
`
	if diff := cmp.Diff(want, string(Text(plugins))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, string(Text([]Plugin{plugins[1], plugins[0]}))); diff != "" {
		t.Errorf("in another order it is another file:\n%s", diff)
	}
	back, diags := Parse(Text(plugins), "x")
	if diff := cmp.Diff(plugins, back, cmpopts.IgnoreFields(Plugin{}, "Range")); diff != "" || diags.HasErrors() {
		t.Error(diff, diags)
	}
}

func TestHostileTextsAreQuoted(t *testing.T) {
	p := Plugin{Vendor: "acme", Source: "./a\"${b}\n%{c}\\", Version: "1.0.0", Hashes: map[string]string{"linux_amd64": one}}
	back, diags := Parse(Text([]Plugin{p}), "x")
	if diags.HasErrors() || back[0].Source != p.Source {
		t.Errorf("%v, %v", back, diags)
	}
}

func TestWriteAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	if _, found, diags := Read(system, path); found || diags != nil {
		t.Errorf("a file that is not there: %t, %v", found, diags)
	}
	for _, want := range []bool{true, false} {
		changed, err := Write(path, plugins)
		if changed != want || err != nil {
			t.Errorf("changed: %t, %v; want %t", changed, err, want)
		}
	}
	got, found, diags := Read(system, path)
	if diff := cmp.Diff(plugins, got, cmpopts.IgnoreFields(Plugin{}, "Range")); diff != "" || !found || diags.HasErrors() {
		t.Error(diff, found, diags)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if len(entries) != 1 || err != nil {
		t.Errorf("beside it lie %v, %v", entries, err)
	}
	if _, err := Write(filepath.Join(path, "below"), plugins); err == nil {
		t.Error("a folder that is none was written to")
	}
}

func TestWriteFollowsALink(t *testing.T) {
	dir := t.TempDir()
	there, link := filepath.Join(dir, "there"), filepath.Join(dir, Name)
	if err := errors.Join(os.WriteFile(there, nil, 0o644), os.Symlink(there, link)); err != nil {
		t.Skip(err)
	}
	if changed, err := Write(link, plugins); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is gone: %v", err)
	}
}

func TestOneDiagnosticForADamagedFile(t *testing.T) {
	if _, diags := Parse([]byte("\x01 ; ; & !\n\" ' \n"), "l"); len(diags) != 1 || !strings.Contains(diags[0].Detail, again) {
		t.Errorf("got %v", diags)
	}
}

func TestFilesThatAreNone(t *testing.T) {
	text := string(Text(plugins))
	for name, test := range map[string]struct{ text, summary, detail string }{
		"merge marks":           {strings.Replace(text, "plugin \"other\"", "<<<<<<< HEAD\nplugin \"other\"", 1), "Unmerged lock file", "both sides"},
		"the middle of a merge": {strings.Replace(text, "plugin \"other\"", "=======\nplugin \"other\"", 1), "Unmerged lock file", "both sides"},
		"cut short":             {text[:len(text)/2], "", "authrun init"},
		"empty":                 {"", "Missing required argument", "authrun init"},
		"a newer form":          {strings.Replace(text, "format = 1", "format = 2", 1), "Unknown form of lock file", "newer authrun"},
		"no format":             {strings.Replace(text, "format = 1", "", 1), "Missing required argument", "authrun init"},
		"a short hash":          {strings.Replace(text, one, one[:20], 1), "Invalid lock file", "13 characters"},
		"capitals":              {strings.Replace(text, one, "sha256:"+strings.Repeat("A", 64), 1), "Invalid lock file", "64 hexadecimal"},
		"a number":              {strings.Replace(text, `"1.2.0"`, "1.2", 1), "Invalid lock file", "version of a locked plugin is a text"},
		"a platform":            {strings.Replace(text, "linux_amd64  =", `"../../x" =`, 1), "Invalid lock file", "linux_amd64"},
		"no hashes":             {"format = 1\nplugin \"a\" {\n source = \"./x\"\n version = \"1.0.0\"\n hashes = {}\n}\n", "Invalid lock file", "written"},
		"twice":                 {text + text[strings.Index(text, "plugin \"other\""):], "Invalid lock file", "locked twice"},
		"two hashes":            {strings.Replace(text, "darwin_arm64 =", "linux_amd64 =", 1), "Invalid lock file", "two hashes"},
		"unknown name":          {strings.Replace(text, "source      =", "sauce = ", 1), "", "authrun init"},
		"unknown block":         {text + "vendor \"x\" {\n}\n", "", "authrun init"},
		"nested":                {"format = " + strings.Repeat("(", 1000) + "\n", "Invalid lock file", "Brackets"},
		"negated":               {"format = " + strings.Repeat("!", 1000) + "1\n", "Invalid lock file", "Brackets"},
		"a function":            {strings.Replace(text, `"1.2.0"`, "env(\"X\")", 1), "Invalid lock file", "is a text"},
	} {
		t.Run(name, func(t *testing.T) {
			got, diags := Parse([]byte(test.text), "x.hcl")
			if !diags.HasErrors() || got != nil {
				t.Fatalf("it is a lock file: %v", got)
			}
			found := false
			for _, d := range diags {
				if d.Subject == nil || d.Subject.Filename != "x.hcl" {
					t.Errorf("%q has no place", d.Summary)
				}
				found = found || strings.Contains(d.Summary, test.summary) && strings.Contains(d.Detail, test.detail)
			}
			if !found {
				t.Errorf("%v, want %q: %q", diags, test.summary, test.detail)
			}
		})
	}
}

func TestPlaceOfMergeMarks(t *testing.T) {
	_, diags := Parse([]byte("format = 1\n<<<<<<< HEAD\n"), "x.hcl")
	want := hcl.Range{Filename: "x.hcl", Start: hcl.Pos{Line: 2, Column: 1, Byte: 11}, End: hcl.Pos{Line: 2, Column: 13, Byte: 23}}
	if diff := cmp.Diff(want, *diags[0].Subject); diff != "" {
		t.Error(diff)
	}
}

func TestUnreadableFiles(t *testing.T) {
	dir := t.TempDir()
	if _, found, diags := Read(system, dir); !found || !diags.HasErrors() {
		t.Errorf("a folder: %t, %v", found, diags)
	}
	large := filepath.Join(dir, Name)
	if err := os.WriteFile(large, make([]byte, maxSize+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, diags := Read(system, large); !diags.HasErrors() || !strings.Contains(diags.Error(), "larger than") {
		t.Errorf("a large file: %v", diags)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Text(plugins))
	f.Add([]byte("format = 1\nplugin \"a\" {"))
	f.Fuzz(func(t *testing.T, src []byte) {
		got, diags := Parse(src, "x")
		if diags.HasErrors() {
			return
		}
		back, diags := Parse(Text(got), "x")
		if diff := cmp.Diff(got, back, cmpopts.IgnoreFields(Plugin{}, "Range"), cmpopts.EquateEmpty()); diff != "" || diags.HasErrors() {
			t.Errorf("what was read cannot be written: %s %v", diff, diags)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	path := filepath.Join(b.TempDir(), Name)
	if _, err := Write(path, plugins); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, diags := Read(system, path); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}
