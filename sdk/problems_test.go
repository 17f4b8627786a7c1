package sdk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

// nothing is an operation that ends with nothing.
func nothing[C, T any](context.Context, *sdk.Host, C, T) (sdk.Credential[T], error) {
	return sdk.Credential[T]{}, nil
}

func TestVendorMistakes(t *testing.T) {
	day := &sdk.Quota{Count: 1, Per: sdk.CalendarDay}
	limit := func(l sdk.Limit) func(*sdk.Vendor[conf, cred]) {
		return func(v *sdk.Vendor[conf, cred]) { v.Limits = []sdk.Limit{l} }
	}
	token := func(t sdk.Token) func(*sdk.Vendor[conf, cred]) {
		return func(v *sdk.Vendor[conf, cred]) { v.Token = t }
	}
	rule := func(r sdk.Rule) func(*sdk.Vendor[conf, cred]) {
		return func(v *sdk.Vendor[conf, cred]) { v.Rules = []sdk.Rule{r} }
	}
	for _, c := range []struct {
		change func(*sdk.Vendor[conf, cred])
		want   string // "" for none
	}{
		{func(*sdk.Vendor[conf, cred]) {}, ""},
		{func(v *sdk.Vendor[conf, cred]) { v.Name = "" }, "the name is not of the form"},
		{func(v *sdk.Vendor[conf, cred]) { v.Name = "a_b" }, "the name is not of the form"},
		{func(v *sdk.Vendor[conf, cred]) { v.Name = "1a" }, "the name is not of the form"},
		{func(v *sdk.Vendor[conf, cred]) { v.Version = "1.2" }, `the version "1.2" is not a semantic one`},
		{func(v *sdk.Vendor[conf, cred]) { v.Version = "v1.2.3" }, `the version "v1.2.3" is not a semantic one`},
		{func(v *sdk.Vendor[conf, cred]) { v.Version = "1.2.3+build-5" }, ""},
		{func(v *sdk.Vendor[conf, cred]) { v.Acquire.Do = nil }, "it has no Acquire"},
		{func(v *sdk.Vendor[conf, cred]) { v.Acquire.Calls = -1 }, "acquire makes fewer than no exchanges"},
		{rule(sdk.ExactlyOne("url", "password")), ""},
		{rule(sdk.ExactlyOne("url")), "a rule exactly_one is among fewer than two arguments"},
		{rule(sdk.Together("url", "pasword")), `a rule together names "pasword", which is no argument`},
		{rule(sdk.Rule{Kind: "odd", Names: []string{"url", "password"}}), `a rule "odd" is not known`},
		{limit(sdk.Limit{Name: "daily", Scope: []string{"url"}, Quota: day}), ""},
		{limit(sdk.Limit{Name: "pause", Scope: []string{"url"}, Counts: []sdk.Operation{sdk.OpAcquire}, MinInterval: time.Second}), ""},
		{limit(sdk.Limit{Scope: []string{"url"}, Quota: day}), `limit "": the name is not of the form`},
		{limit(sdk.Limit{Name: "daily", Quota: day}), `limit "daily": it has no scope`},
		{limit(sdk.Limit{Name: "daily", Scope: []string{"uri"}, Quota: day}), `limit "daily": its scope "uri" is no argument`},
		{limit(sdk.Limit{Name: "daily", Scope: []string{"url"}, Counts: []sdk.Operation{sdk.OpRenew}, Quota: day}), "it counts renew, which the plugin cannot do"},
		{limit(sdk.Limit{Name: "daily", Scope: []string{"url"}}), "exactly one of Quota, MinInterval and Lockout must be set"},
		{limit(sdk.Limit{Name: "daily", Scope: []string{"url"}, Quota: day, MinInterval: 1}), "exactly one of Quota, MinInterval and Lockout must be set"},
		{limit(sdk.Limit{Name: "daily", Scope: []string{"url"}, MinInterval: -1}), "its interval is negative"},
		{limit(sdk.Limit{Name: "daily", Scope: []string{"url"}, Quota: &sdk.Quota{Count: 1}}), "a quota is a number above zero"},
		{limit(sdk.Limit{Name: "daily", Scope: []string{"url"}, Quota: &sdk.Quota{Per: sdk.CalendarDay}}), "a quota is a number above zero"},
		{limit(sdk.Limit{Name: "daily", Scope: []string{"url"}, Quota: &sdk.Quota{Count: 1, Per: "week"}}), `the window "week" is not known`},
		{limit(sdk.Limit{Name: "lock", Scope: []string{"url"}, Lockout: &sdk.Lockout{Refusals: 5}}), "a lock-out is a number of refusals and a hold"},
		{func(v *sdk.Vendor[conf, cred]) {
			v.Limits = []sdk.Limit{{Name: "a", Scope: []string{"url"}, Quota: day}, {Name: "a", Scope: []string{"url"}, Quota: day}}
		}, `two limits have the name "a"`},
		{token(sdk.Token{Second: sdk.SameToken, FreshWithin: time.Minute}), ""},
		{token(sdk.Token{Second: "dies"}), `token: Second "dies" is not known`},
		{token(sdk.Token{FreshWithin: time.Minute}), "token: FreshWithin goes with SameToken"},
		{token(sdk.Token{Second: sdk.KeepsFirst, Overlap: time.Minute}), "token: FreshWithin goes with SameToken, Overlap with KillsFirst"},
		{token(sdk.Token{Use: []sdk.Placement{{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token} of {company}"}}}), ""},
		{token(sdk.Token{Use: []sdk.Placement{{In: "body", Name: "x", Value: "{token}"}}}), `token: a placement in "body" is not known`},
		{token(sdk.Token{Use: []sdk.Placement{{In: sdk.InJSON, Name: "token", Value: "{token}"}}}), "token: a placement has a name, and in JSON it begins with a slash"},
		{token(sdk.Token{Use: []sdk.Placement{{In: sdk.InForm, Name: "x", Value: "{refresh}"}}}), "token: a placement uses {refresh}, which is no attribute that a flow sees"},
		{token(sdk.Token{Use: []sdk.Placement{{In: sdk.InForm, Name: "x", Value: "{nobody}"}}}), "token: a placement uses {nobody}"},
		{token(sdk.Token{Dead: []sdk.Evidence{{Status: 401}, {Pointer: "/code", OneOf: []string{"1"}}}}), ""},
		{token(sdk.Token{Dead: []sdk.Evidence{{}}}), "token: evidence of a dead token is"},
		{token(sdk.Token{Dead: []sdk.Evidence{{Status: 200, Pointer: "/code"}}}), "token: evidence of a dead token is"},
		{token(sdk.Token{Dead: []sdk.Evidence{{Pointer: "code", OneOf: []string{"1"}}}}), "token: evidence of a dead token is"},
	} {
		v := sdk.Vendor[conf, cred]{Name: "v", Acquire: sdk.Op[conf, cred]{Calls: 1, Do: nothing[conf, cred]}}
		c.change(&v)
		_, err := v.Plugin()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}

func TestExchangesNeedAnEndpoint(t *testing.T) {
	v := sdk.Vendor[struct{}, tok]{Name: "v", Acquire: sdk.Op[struct{}, tok]{Calls: 1, Do: nothing[struct{}, tok]}}
	if _, err := v.Plugin(); err == nil || !strings.Contains(err.Error(), "no argument is an endpoint") {
		t.Errorf("got %v", err)
	}
}
