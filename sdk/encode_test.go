package sdk_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

func TestCredential(t *testing.T) {
	name := "Ü & <co>"
	for _, c := range []struct {
		made           full
		value, private string
	}{
		{full{Token: "t"}, `{"company":null,"extra":"","groups":null,"life":"0s","number":0,"pair":"","token":"t"}`, `{"seed":""}`},
		{full{"t", &name, 1 << 53, 36 * time.Hour, "e", "p", "s", []string{}},
			`{"company":"Ü & <co>","extra":"e","groups":[],"life":"36h0m0s","number":9007199254740992,"pair":"p","token":"t"}`, `{"seed":"s"}`},
		{full{Token: "t", Number: 1<<53 + 1, Groups: []string{"a", "b"}},
			`{"company":null,"extra":"","groups":["a","b"],"life":"0s","number":"9007199254740993","pair":"","token":"t"}`, `{"seed":""}`},
	} {
		var again full
		do := func(_ context.Context, _ *sdk.Host, _ struct{}, held full) (sdk.Credential[full], error) {
			again = held
			return sdk.Credential[full]{Value: c.made, Life: 1}, nil
		}
		p, err := sdk.Vendor[struct{}, full]{Name: "v", Acquire: sdk.Op[struct{}, full]{Do: do}, Renew: sdk.Op[struct{}, full]{Do: do}}.Plugin()
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Run(t.Context(), sdk.Run{Operation: sdk.OpAcquire, Config: raw(`{}`)})
		if err != nil || string(got.Value) != c.value || string(got.Private) != c.private {
			t.Errorf("got %s, %s, %v\nwant %s, %s", got.Value, got.Private, err, c.value, c.private)
		}
		held := &sdk.Held{Value: got.Value, Private: got.Private}
		if _, err := p.Run(t.Context(), sdk.Run{Operation: sdk.OpRenew, Config: raw(`{}`), Held: held}); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(c.made, again); diff != "" {
			t.Errorf("it came back changed: -made +held\n%s", diff)
		}
	}
}
