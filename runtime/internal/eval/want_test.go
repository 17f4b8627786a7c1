package eval

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// TestWant checks every flow in testdata/want: what stands in a comment `# want "regexp"` must be said about that line, as "summary:
// detail", and nothing else anywhere. Several on one line are several messages.
func TestWant(t *testing.T) {
	files, err := filepath.Glob("testdata/want/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal("no flows in testdata/want", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".hcl"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, diags := open(t, file, Inputs{})
			diags = append(diags, s.Validate()...)
			match(t, string(src), diags)
			for _, d := range diags {
				if strings.Contains(d.Summary+d.Detail, "s3cret-value") {
					t.Errorf("a secret is shown: %s: %s", d.Summary, d.Detail)
				}
			}
		})
	}
}

var want = regexp.MustCompile("# want ((?:`[^`]*` *)+)")
var quotedWant = regexp.MustCompile("`([^`]*)`")

// match holds diagnostics against the comments of a source.
func match(t *testing.T, src string, diags hcl.Diagnostics) {
	t.Helper()
	wanted := make(map[int][]string)
	for n, line := range strings.Split(src, "\n") {
		if comment := want.FindStringSubmatch(line); comment != nil {
			for _, pattern := range quotedWant.FindAllStringSubmatch(comment[1], -1) {
				wanted[n+1] = append(wanted[n+1], pattern[1])
			}
		}
	}
	for _, d := range diags {
		line, text := 0, d.Summary+": "+d.Detail
		if d.Subject != nil {
			line = d.Subject.Start.Line
		}
		found := false
		for i, pattern := range wanted[line] {
			if regexp.MustCompile(pattern).MatchString(text) {
				wanted[line] = append(wanted[line][:i:i], wanted[line][i+1:]...)
				found = true
				break
			}
		}
		if !found {
			t.Errorf("line %d: not wanted: %s", line, text)
		}
	}
	for line, patterns := range wanted {
		for _, pattern := range patterns {
			t.Errorf("line %d: nothing says %q", line, pattern)
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
