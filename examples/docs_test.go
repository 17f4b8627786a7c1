package examples_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	authrun "github.com/authrun/authrun/runtime"
)

// example is a flow that the reference shows.
type example struct {
	line  int
	json  bool
	fails string // what is said of it; empty: it is right
	text  string
}

var errorComment = regexp.MustCompile(`^<!-- error: (.*) -->$`)

// examplesIn are the flows in a page: what stands in fences of hcl and json. A comment before a fence says which error the flow has.
func examplesIn(page string) []example {
	var found []example
	var open *example
	fails := ""
	for n, line := range strings.Split(page, "\n") {
		switch comment := errorComment.FindStringSubmatch(line); {
		case open != nil && line == "```":
			found, open, fails = append(found, *open), nil, ""
		case open != nil:
			open.text += line + "\n"
		case comment != nil:
			fails = comment[1]
		case line == "```hcl" || line == "```json":
			open = &example{line: n + 1, json: line == "```json", fails: fails}
		}
	}
	return found
}

var (
	outputHeader = regexp.MustCompile(`^output "(\w+)"`)
	shownValue   = regexp.MustCompile(`^  value += .* # = (.*)$`)
)

// shownValues are the values that an example shows, by output.
func shownValues(text string) map[string]string {
	shown, name := map[string]string{}, ""
	for line := range strings.SplitSeq(text, "\n") {
		if m := outputHeader.FindStringSubmatch(line); m != nil {
			name = m[1]
		}
		if m := shownValue.FindStringSubmatch(line); m != nil {
			shown[name] = m[1]
		}
	}
	return shown
}

// TestLanguageReference runs every example of the reference: those with an error must have it, and no other; the others must be valid; and
// those that need no vendor are applied and must give the values that they show.
func TestLanguageReference(t *testing.T) {
	page, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := examplesIn(string(page))
	if len(examples) < 15 {
		t.Fatalf("only %d examples were found", len(examples))
	}
	plugins := pluginFolder(t)
	for _, e := range examples {
		t.Run(fmt.Sprintf("line %d", e.line), func(t *testing.T) {
			name := "flow.hcl"
			if e.json {
				name += ".json"
			}
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(e.text), 0o600); err != nil {
				t.Fatal(err)
			}
			rt := open(t, plugins)
			check(t, rt, path, e)
			if e.fails != "" || strings.Contains(e.text, "auth \"") {
				return
			}
			got, _ := apply(t, rt, path, authrun.Inputs{})
			for name, want := range shownValues(e.text) {
				if diff := cmp.Diff(compact(t, want), compact(t, got[name])); diff != "" {
					t.Errorf("output %s (-shown +is): %s", name, diff)
				}
			}
		})
	}
}

// check validates an example and holds what is said of it against what it says itself.
func check(t *testing.T, rt *authrun.Runtime, path string, e example) {
	t.Helper()
	ctx := context.Background()
	flow, diags := rt.Load(ctx, path, authrun.Inputs{NoInputs: true})
	if flow != nil {
		diags = append(diags, flow.Validate(ctx)...)
	}
	found := false
	for _, d := range diags {
		if e.fails != "" && strings.Contains(d.Detail, e.fails) {
			found = true
		} else if d.Severity == authrun.SeverityError {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	if e.fails != "" && !found {
		t.Errorf("nothing says %q", e.fails)
	}
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, []byte(text)); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return out.String()
}
