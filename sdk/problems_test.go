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
		{func(v *sdk.Vendor[conf, cred]) { v.Acquire.Life = -1 }, "what acquire brings lives for less than no time"},
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

// openConf is a configuration that says how tokens behave, and openUse and openDead are its blocks.
type openConf struct {
	URL     string        `auth:"url,endpoint,account"`
	Second  string        `auth:"second,volatile" default:"unknown" oneof:"keeps kills same unknown"`
	Fresh   time.Duration `auth:"fresh,volatile,optional"`
	Overlap time.Duration `auth:"overlap,optional"`
	Slides  bool          `auth:"slides,volatile,optional"`
	Use     []openUse     `auth:"use,block,volatile"`
	Dead    []openDead    `auth:"dead,block,volatile"`
	Fixed   []openUse     `auth:"fixed,block"`
}

type openUse struct {
	In    string `auth:"in"`
	Name  string `auth:"name"`
	Value string `auth:"value"`
}

type openDead struct {
	Status  int      `auth:"status,optional"`
	Pointer string   `auth:"pointer,optional"`
	OneOf   []string `auth:"one_of,optional"`
}

func TestOpenVendor(t *testing.T) {
	for _, c := range []struct {
		from  sdk.TokenFrom
		rules map[string][]sdk.Rule
		want  string // "" for none
	}{
		{from: sdk.TokenFrom{Second: "second", FreshWithin: "fresh", Sliding: "slides", Use: "use", Dead: "dead"}},
		{rules: map[string][]sdk.Rule{"dead": {sdk.Together("pointer", "one_of")}}},
		{from: sdk.TokenFrom{Second: "secnd"}, want: `token: From names "secnd", which is no volatile argument of that type`},
		{from: sdk.TokenFrom{Second: "fresh"}, want: `token: From names "fresh", which is no volatile argument`},
		{from: sdk.TokenFrom{Overlap: "overlap"}, want: `token: From names "overlap", which is no volatile argument`},
		{from: sdk.TokenFrom{Sliding: "second"}, want: `token: From names "second", which is no volatile argument`},
		{from: sdk.TokenFrom{Use: "uses"}, want: `token: From names "uses", which is no volatile block of that form`},
		{from: sdk.TokenFrom{Use: "dead"}, want: `token: From names "dead", which is no volatile block of that form`},
		{from: sdk.TokenFrom{Use: "fixed"}, want: `token: From names "fixed", which is no volatile block of that form`},
		{rules: map[string][]sdk.Rule{"ded": nil}, want: `there are rules for a block "ded", which is none`},
		{rules: map[string][]sdk.Rule{"dead": {sdk.Together("pointer", "oneof")}}, want: `block dead: a rule together names "oneof", which is no argument`},
	} {
		p, err := sdk.Vendor[openConf, tok]{Name: "v", Acquire: sdk.Op[openConf, tok]{Calls: 1, Do: nothing[openConf, tok]}, OpenLimits: true,
			Token: sdk.Token{From: c.from}, BlockRules: c.rules}.Plugin()
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		d, err := p.Describe(t.Context())
		if err != nil || !d.OpenLimits || d.Token.From != c.from || !d.Config.Blocks[1].Volatile || d.Config.Blocks[2].Volatile ||
			len(d.Config.Blocks[1].Block.Rules) != len(c.rules["dead"]) {
			t.Errorf("%v: %+v", err, d)
		}
	}
}

func TestExchangesNeedAnEndpoint(t *testing.T) {
	v := sdk.Vendor[struct{}, tok]{Name: "v", Acquire: sdk.Op[struct{}, tok]{Calls: 1, Do: nothing[struct{}, tok]}}
	if _, err := v.Plugin(); err == nil || !strings.Contains(err.Error(), "no argument is an endpoint") {
		t.Errorf("got %v", err)
	}
}
