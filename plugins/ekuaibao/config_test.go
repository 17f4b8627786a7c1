package ekuaibao_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authrun/authrun/plugins/ekuaibao"
	"github.com/authrun/authrun/sdk"
)

// Flows rely on these names, defaults and flags.
func TestDescription(t *testing.T) {
	plugin, err := ekuaibao.Vendor.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	d, err := plugin.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, number := json.RawMessage(`"string"`), json.RawMessage(`"number"`)
	want := sdk.Description{
		Vendor: "ekuaibao",
		Config: sdk.Block{Attributes: []sdk.Attribute{
			{Name: "base_url", Type: text, Default: json.RawMessage(`"https://app.ekuaibao.com"`), Account: true, Endpoint: true, Match: "[^?]*"},
			{Name: "app_key", Type: text, Required: true, Account: true, Match: "(?s).+"},
			{Name: "app_security", Type: text, Required: true, Sensitive: true, Match: "(?s).+"},
			{Name: "power_code", Type: text, Default: json.RawMessage(`"219904"`), Volatile: true, Match: "(?s).+"},
			{Name: "settle", Type: text, Default: json.RawMessage(`"0s"`), Volatile: true, Format: "duration"},
		}},
		Credential: sdk.Block{Attributes: []sdk.Attribute{
			{Name: "access_token", Type: text, Sensitive: true},
			{Name: "refresh_token", Type: text, Sensitive: true},
			{Name: "expire_time", Type: number, Whole: true},
			{Name: "corporation_id", Type: text},
		}},
		Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1, Life: 2 * time.Hour}, {Operation: sdk.OpRenew, Calls: 1, Life: 32 * 24 * time.Hour}},
		Token: sdk.Token{
			Second: sdk.UnknownSecond,
			Use:    []sdk.Placement{{In: sdk.InQuery, Name: "accessToken", Value: "{token}"}},
			Dead:   []sdk.Evidence{{Status: 403, Weak: true}},
		},
	}
	ignored := cmp.Options{cmpopts.IgnoreFields(sdk.Description{}, "Version", "SDK", "Doc"), cmpopts.IgnoreFields(sdk.Attribute{}, "Doc", "Hint")}
	if diff := cmp.Diff(want, d, ignored); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
	if d.Doc == "" {
		t.Error("the vendor has no words")
	}
	for _, a := range append(d.Config.Attributes, d.Credential.Attributes...) {
		if a.Doc == "" {
			t.Errorf("%s has no words", a.Name)
		}
	}
}
