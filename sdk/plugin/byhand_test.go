package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk"
	"github.com/google/go-cmp/cmp"
)

// fake is a plugin whose operations are a function.
type fake struct {
	description sdk.Description
	err         error
	run         func(context.Context, sdk.Run) (sdk.Result, error)
}

func (f *fake) Plugin() (sdk.Plugin, error) { return f, f.err }

func (f *fake) Describe(context.Context) (sdk.Description, error) { return f.description, nil }

func (f *fake) Check(context.Context, json.RawMessage) ([]sdk.Problem, error) { panic("secret") }

func (f *fake) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) { return f.run(ctx, run) }

func TestByHand(t *testing.T) {
	f := &fake{description: sdk.Description{
		Vendor: "yunxun", Version: "2.0.1", SDK: "go 0.1.0", Doc: "Tickets of Yunxun.\n\nAnd more.",
		Config: sdk.Block{Attributes: []sdk.Attribute{{Name: "base_url", Type: json.RawMessage(`"string"`), Match: "<a>"}}},
	}}
	for _, test := range []struct {
		args           string
		status         int
		stdout, stderr string // a part of it; nothing at all where empty
	}{
		{"", 1, "", "authrun-plugin-yunxun 2.0.1 is the plugin of authrun for the vendor yunxun. authrun runs it where"},
		{"", 1, "", "\nTickets of Yunxun.\n\n  authrun-plugin-yunxun describe    print"},
		{"serve", 1, "", "is the plugin of authrun"},
		{"describe it", 1, "", "is the plugin of authrun"},
		{"--help", 0, "is the plugin of authrun", ""},
		{"version", 0, "authrun-plugin-yunxun 2.0.1 (SDK go 0.1.0, protocol 1)\n", ""},
		{"describe", 0, `"match": "<a>"`, ""},
	} {
		var stdout, stderr bytes.Buffer
		args := append([]string{"/opt/bin/authrun-plugin-yunxun"}, strings.Fields(test.args)...)
		if got := byHand(f, args, &stdout, &stderr); got != test.status {
			t.Errorf("%q: status %d, want %d", test.args, got, test.status)
		}
		for name, out := range map[string][2]string{"stdout": {stdout.String(), test.stdout}, "stderr": {stderr.String(), test.stderr}} {
			if got, want := out[0], out[1]; !strings.Contains(got, want) || want == "" && got != "" {
				t.Errorf("%q: %s is %q, want %q in it", test.args, name, got, want)
			}
		}
	}
}

func TestDescribeByHandIsTheDescription(t *testing.T) {
	want := sdk.Description{Vendor: "yunxun", Version: "1.0.0", Config: sdk.Block{Doc: "d"}, Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 2}}}
	var out bytes.Buffer
	byHand(&fake{description: want}, []string{"x", "describe"}, &out, &out)
	var got sdk.Description
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestByHandTellsTheAuthorWhatIsWrong(t *testing.T) {
	var stdout, stderr bytes.Buffer
	status := byHand(&fake{err: errors.New("two arguments are named url")}, []string{"x"}, &stdout, &stderr)
	if want := "x: the vendor's declaration is wrong: two arguments are named url\n"; status != 1 || stderr.String() != want || stdout.Len() > 0 {
		t.Errorf("status %d, stderr %q, want %q", status, stderr.String(), want)
	}
}
