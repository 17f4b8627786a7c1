package eval

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// TestWant checks every flow in testdata/want: what stands in a comment "# want `regexp`" must be said about that line, as "summary:
// detail", and nothing else anywhere. Several on one line are several messages; "# want-nowhere" wants one that has no place. "# in: " gives
// the flow an input (see inputsOf), and a file of the flow's name that ends in .hclvars is a file of variables for it.
func TestWant(t *testing.T) {
	dir := copyFolder(t, "testdata/want")
	files, err := filepath.Glob(filepath.Join(dir, "*.hcl"))
	if err != nil || len(files) == 0 {
		t.Fatal("no flows in testdata/want", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".hcl"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, conditions := inputsOf(t, string(src))
			wanted := make(map[spot][]string)
			wants(filepath.Base(file), string(src), wanted)
			if vars, err := os.ReadFile(file + "vars"); err == nil {
				in.VarFiles = []string{file + "vars"}
				wants(filepath.Base(file)+"vars", string(vars), wanted)
			}
			s, diags := open(t, file, in)
			if diags = append(diags, s.Validate()...); !diags.HasErrors() {
				diags = append(diags, s.Unused()...)
			}
			if conditions {
				diags = append(diags, runConditions(t, s)...)
			}
			match(t, wanted, diags)
			for _, d := range diags {
				if strings.Contains(d.Summary+d.Detail, "s3cret-value") {
					t.Errorf("a secret is shown: %s: %s", d.Summary, d.Detail)
				}
			}
		})
	}
}

// copyFolder copies the files of a folder, readable by all, into a new one.
func copyFolder(t *testing.T, from string) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		raw, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, entry.Name())
		if err := errors.Join(os.WriteFile(to, raw, 0o600), os.Chmod(to, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// inputsOf reads the comments "# in: KIND VALUE" of a flow.
func inputsOf(t *testing.T, src string) (in Inputs, conditions bool) {
	t.Helper()
	in = Inputs{Stdin: strings.NewReader("s3cret-value")}
	for line := range strings.SplitSeq(src, "\n") {
		text, ok := strings.CutPrefix(line, "# in: ")
		if !ok {
			continue
		}
		kind, value, _ := strings.Cut(text, " ")
		switch kind {
		case "var":
			in.Vars = append(in.Vars, value)
		case "var-from":
			in.VarsFrom = append(in.VarsFrom, value)
		case "version":
			in.Version = value
		case "conditions": // are tested after validation, with credentials
			conditions = true
		default:
			t.Fatalf("what is %q?", line)
		}
	}
	return in, conditions
}

// runConditions gives every instance a credential and tests its conditions.
func runConditions(t *testing.T, s *Scope) hcl.Diagnostics {
	t.Helper()
	var diags hcl.Diagnostics
	for _, i := range s.instances {
		diags = append(diags, s.Preconditions(i)...)
		if err := s.SetCredential(i.Addr, raw(`{"token": "s3cret-value", "expires_in": 60, "application": "app"}`), now); err != nil {
			t.Fatal(err)
		}
		diags = append(diags, s.Postconditions(i)...)
	}
	for _, name := range s.OutputNames() {
		_, more := s.Output(name)
		diags = append(diags, more...)
	}
	return diags
}

var want = regexp.MustCompile("# want(-nowhere)? ((?:`[^`]*` *)+)")
var quotedWant = regexp.MustCompile("`([^`]*)`")

// spot is a line of a file; the zero one: nowhere.
type spot struct {
	file string
	line int
}

// wants reads the wishes of a source.
func wants(file, src string, wanted map[spot][]string) {
	for n, line := range strings.Split(src, "\n") {
		if comment := want.FindStringSubmatch(line); comment != nil {
			at := spot{file, n + 1}
			if comment[1] != "" {
				at = spot{}
			}
			for _, pattern := range quotedWant.FindAllStringSubmatch(comment[2], -1) {
				wanted[at] = append(wanted[at], pattern[1])
			}
		}
	}
}

// match holds diagnostics against what is wanted.
func match(t *testing.T, wanted map[spot][]string, diags hcl.Diagnostics) {
	t.Helper()
	for _, d := range diags {
		at, text := spot{}, d.Summary+": "+d.Detail
		if d.Subject != nil {
			at = spot{filepath.Base(d.Subject.Filename), d.Subject.Start.Line}
		}
		found := false
		for i, pattern := range wanted[at] {
			if regexp.MustCompile(pattern).MatchString(text) {
				wanted[at] = slices.Delete(wanted[at], i, i+1)
				found = true
				break
			}
		}
		if !found {
			t.Errorf("%v: not wanted: %s", at, text)
		}
	}
	for at, patterns := range wanted {
		for _, pattern := range patterns {
			t.Errorf("%v: nothing says %q", at, pattern)
		}
	}
}

// Whatever stands in a flow, there is neither a panic nor a leak.
func FuzzValidate(f *testing.F) {
	files, err := filepath.Glob("testdata/want/*.hcl")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.ReplaceAll(string(src), "var.secret", "var.fuzz_hidden"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, diags := open(t, write(t, map[string]string{"main.hcl": text + hiddenVariable}), Inputs{Vars: []string{"fuzz_hidden=" + fuzzSecret}})
		diags = append(diags, s.Validate()...)
		for _, i := range s.instances {
			_, more := s.Config(i)
			diags = append(append(diags, more...), s.Preconditions(i)...)
		}
		for _, name := range s.OutputNames() {
			o, more := s.Output(name)
			if diags = append(diags, more...); !o.Sensitive && strings.Contains(string(o.Value), fuzzSecret) && !strings.Contains(text, "nonsensitive") {
				t.Errorf("output %s shows the secret", name)
			}
		}
		for _, d := range diags {
			if strings.Contains(d.Summary+d.Detail, fuzzSecret) && !strings.Contains(text, "nonsensitive") {
				t.Errorf("the secret is shown: %s: %s", d.Summary, d.Detail)
			}
			for _, fact := range Facts(d) {
				if strings.Contains(fact.Statement, fuzzSecret) && !strings.Contains(text, "nonsensitive") {
					t.Errorf("the secret is shown: %v", fact)
				}
			}
		}
	})
}

const (
	fuzzSecret     = "q7hiddenq7"
	hiddenVariable = "\nvariable \"fuzz_hidden\" {\n  sensitive = true\n}\n"
)
