package lingju_test

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authrun/authrun/plugins/lingju"
	"github.com/authrun/authrun/sdk"
)

func describe(t *testing.T) sdk.Description {
	t.Helper()
	plugin, err := lingju.Vendor.Plugin()
	if err != nil {
		t.Fatal(err)
	}
	d, err := plugin.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Flows rely on these names, defaults and flags.
func TestDescription(t *testing.T) {
	d := describe(t)
	text, number := json.RawMessage(`"string"`), json.RawMessage(`"number"`)
	want := sdk.Description{
		Vendor: "lingju",
		Config: sdk.Block{Attributes: []sdk.Attribute{
			{Name: "base_url", Type: text, Default: json.RawMessage(`"https://dev.lingju.ai"`), Endpoint: true, Match: "[^?]*"},
			{Name: "appkey", Type: text, Required: true, Sensitive: true, Account: true, Match: "(?s).+"},
			{Name: "userid", Type: text, Required: true, Account: true, Match: "[A-Za-z0-9]+"},
			{Name: "authcode", Type: text, Sensitive: true},
			{
				Name: "method", Type: text, Default: json.RawMessage(`"GET"`), Volatile: true,
				OneOf: []json.RawMessage{json.RawMessage(`"GET"`), json.RawMessage(`"POST"`)},
			},
		}},
		Credential: sdk.Block{Attributes: []sdk.Attribute{
			{Name: "access_token", Type: text, Sensitive: true},
			{Name: "expires", Type: number, Whole: true},
			{Name: "updated", Type: number, Whole: true},
		}},
		Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1, Life: 30 * 24 * time.Hour}},
		Limits: []sdk.Limit{{
			Name: "monthly", Scope: []string{"appkey", "userid"}, Counts: []sdk.Operation{sdk.OpAcquire},
			Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"},
		}},
		Token: sdk.Token{
			Second: sdk.UnknownSecond,
			Use:    []sdk.Placement{{In: sdk.InJSON, Name: "/accessToken", Value: "{token}"}},
			Dead:   []sdk.Evidence{{Pointer: "/status", OneOf: []string{"122", "19", "99"}}},
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

// The host holds a userid to this rule before any call, and says the hint.
func TestUserid(t *testing.T) {
	userid, ok := describe(t).Config.Attribute("userid")
	if !ok || !regexp.MustCompile("MAC address without (its )?colons").MatchString(userid.Hint) {
		t.Errorf("the hint does not say how to write a MAC address: %q", userid.Hint)
	}
	rule := regexp.MustCompile("^(?:" + userid.Match + ")$")
	for id, want := range map[string]bool{
		"001A2B3C4D5E": true, "a": true, "0": true, "Zz9": true,
		"": false, "00:1A:2B:3C:4D:5E": false, "00-1A": false, "a b": false, "a\n": false, "ä": false, "a_b": false, "１": false,
	} {
		if rule.MatchString(id) != want {
			t.Errorf("%q: want match %v", id, want)
		}
	}
}
