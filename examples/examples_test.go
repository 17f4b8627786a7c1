package examples_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	authrun "github.com/authrun/authrun/runtime"
)

// outputs are the values that examples must have where these are always the same.
var outputs = map[string]map[string]string{
	"count.hcl":      {"robots": "2"},
	"for_each.hcl":   {"robots": "3"},
	"functions.hcl":  {"apps": `"EASEMOB-DEMO/TESTAPP"`},
	"validation.hcl": {"site": `"hq: api, 0 tags"`},
	"variables.hcl":  {"app": `"EASEMOB-DEMO/TESTAPP"`},
	"json.hcl.json":  {"company": `"34A73EyI8A0w00"`},
}

// TestExamples applies every example against the simulator, twice: the second time no vendor is called.
func TestExamples(t *testing.T) {
	plugins := pluginFolder(t)
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, entry := range entries {
		name := entry.Name()
		if name != "folder" && !strings.HasSuffix(name, ".hcl") && !strings.HasSuffix(name, ".hcl.json") {
			continue
		}
		tried++
		t.Run(name, func(t *testing.T) {
			vendor, url := simulator(t)
			rt := open(t, plugins)
			in := authrun.Inputs{Vars: []string{"sim=" + url}}
			got, first := apply(t, rt, name, in)
			if first.Acquired == 0 || first.Failed+first.Skipped > 0 {
				t.Errorf("the first run did %+v", first)
			}
			if _, second := apply(t, rt, name, in); second.VendorCalls > 0 || second.Reused != first.Acquired {
				t.Errorf("the second run did %+v", second)
			}
			for output, want := range outputs[name] {
				if diff := cmp.Diff(want, got[output]); diff != "" {
					t.Errorf("output %s: %s", output, diff)
				}
			}
			if wrong := vendor.Violations(); len(wrong) > 0 {
				t.Errorf("vendors were asked against their documents: %v", wrong)
			}
		})
	}
	if tried < 15 {
		t.Errorf("only %d examples were found", tried)
	}
}
