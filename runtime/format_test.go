package runtime_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	authrun "github.com/authrun/authrun/runtime"
)

func TestFormat(t *testing.T) {
	got, diags := authrun.Format([]byte("auth \"shop\" \"ann\" {\nurl=\"http://127.0.0.1\"\n    user =  \"ann\"\n}\n"), "flow.hcl")
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if diff := cmp.Diff("auth \"shop\" \"ann\" {\n  url  = \"http://127.0.0.1\"\n  user = \"ann\"\n}\n", string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFormatShowsWhatIsWrong(t *testing.T) {
	got, diags := authrun.Format([]byte("locals {\n  a = \n}\n"), "flow.hcl")
	if got != nil || !diags.HasErrors() {
		t.Fatalf("got %q and %v", got, diags)
	}
	d := diags[0]
	if d.Range == nil || d.Range.Filename != "flow.hcl" || d.Range.Start.Line != 2 || d.Snippet == nil || !strings.HasPrefix(d.Snippet.Code, "  a = ") {
		t.Errorf("got %+v with %+v", d, d.Snippet)
	}
}
