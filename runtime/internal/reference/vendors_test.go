package reference

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/easemob"
	"github.com/authrun/authrun/plugins/ekuaibao"
	httpvendor "github.com/authrun/authrun/plugins/http"
	"github.com/authrun/authrun/plugins/ippbx"
	"github.com/authrun/authrun/plugins/lingju"
	"github.com/authrun/authrun/plugins/oauth2"
	"github.com/authrun/authrun/plugins/sipauth"
	"github.com/authrun/authrun/sdk"
)

// TestVendors holds the vendors' pages to their plugins: UPDATE_DOCS=1 makes them anew, as `authrun plugin docs --write` does.
func TestVendors(t *testing.T) {
	for _, v := range []interface{ Plugin() (sdk.Plugin, error) }{
		easemob.Vendor, ekuaibao.Vendor, httpvendor.Vendor, ippbx.Vendor, lingju.Vendor, oauth2.Vendor, sipauth.Vendor,
	} {
		p, err := v.Plugin()
		if err != nil {
			t.Fatal(err)
		}
		d, err := p.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Run(d.Vendor, func(t *testing.T) {
			file := filepath.Join("..", "..", "..", "plugins", d.Vendor, "README.md")
			page, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := Insert(string(page), Markdown(d))
			if err != nil {
				t.Fatal(err)
			}
			if os.Getenv("UPDATE_DOCS") != "" {
				if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(page), want); diff != "" {
				t.Errorf("the page is not what the plugin says: run UPDATE_DOCS=1 go test ./runtime/internal/reference\n%s", diff)
			}
		})
	}
}

func TestInsert(t *testing.T) {
	page := "# acme\n\nMine.\n\n" + Begin + "\nold\n" + End + "\n\n## Traps\n"
	got, err := Insert(page, "## Arguments\n")
	if err != nil || got != "# acme\n\nMine.\n\n"+Begin+"\n\n## Arguments\n\n"+End+"\n\n## Traps\n" {
		t.Errorf("%q %v", got, err)
	}
	if again, err := Insert(got, "## Arguments\n"); err != nil || again != got {
		t.Errorf("a second time it is %q, %v", again, err)
	}
	for _, bad := range []string{"", Begin, End + Begin} {
		if _, err := Insert(bad, "x"); err != ErrNoMarks {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Whatever a plugin says of itself, a page stays a page.
func TestOdd(t *testing.T) {
	two := 2.5
	d := sdk.Description{Vendor: "odd", Doc: "Odd", Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 2}},
		Config: sdk.Block{
			Attributes: []sdk.Attribute{
				{Name: "a", Type: []byte(`["map",["list","number"]]`), Doc: "one | two\nthree", Min: &two, OneOf: []json.RawMessage{[]byte(`1`), []byte(`"a` + "`" + `b"`)}},
				{Name: "b", Type: []byte(`["object",{"x":"string"}]`), Match: "[a|b]+", Deprecated: "use a"},
				{Name: "c", Type: []byte(`nonsense`), Default: []byte(`""`)},
			},
			Rules:  []sdk.Rule{sdk.ExactlyOne("a", "b"), {Kind: "new", Names: []string{"c"}}},
			Blocks: []sdk.Nested{{Name: "inner", Min: 1, Max: 1, Block: sdk.Block{Blocks: []sdk.Nested{{Name: "deep", Max: 3}}}}},
		},
		Limits: []sdk.Limit{{Name: "x", MinInterval: 90e9}, {Name: "y", Quota: &sdk.Quota{Count: 5, Sliding: 36e11}}}}
	page := Page(d)
	for _, want := range []string{"# odd\n\nOdd.\n", "map(list(number))", `one \| two three.`, "At least 2.5.", "`` a`b ``", "| object |",
		"It must match `[a\\|b]+`.", "**Deprecated:** use a.", "| nonsense |", "Exactly one of `a`, `b` is set.", "`c`: new.", "### Block `inner.deep`",
		"Optional, up to 3 times.", "a call every 1m30s", "5 calls in any 1 hour"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "| `a`") && strings.Count(line, "|")-strings.Count(line, `\|`) != 5 {
			t.Errorf("a broken row: %s", line)
		}
	}
}
