package easemob_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/easemob"
	"github.com/authrun/authrun/plugins/easemob/fake"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

var account = fake.Account{OrgName: "easemob-demo", AppName: "testapp",
	ClientID: "YXA6i-Ak8Ol4Eei2l11ZjV-EAg", ClientSecret: "YXA6VunqiNxoB7IwXHInk1cGiXOOJfc"}

// args are arguments of an auth block, or attributes of a credential.
type args = map[string]any

// bench is the plugin in this process and its vendor's fake on loopback, both by one clock.
type bench struct {
	*sdktest.Bench
	server *fake.Server
}

// newBench makes a bench; options say how the server differs from the usual one.
func newBench(t *testing.T, options fake.Options) *bench {
	t.Helper()
	b := &bench{}
	options.Account, options.Now = account, func() time.Time { return b.Now }
	b.server = fake.New(options)
	b.Bench = sdktest.NewBench(t, easemob.Vendor, b.server, func(url string) args {
		return args{"base_url": url, "org_name": account.OrgName, "app_name": account.AppName, "client_id": account.ClientID,
			"client_secret": account.ClientSecret, "ttl": nil, "ttl_unit": "s"}
	})
	return b
}

func TestAcquire(t *testing.T) {
	b := newBench(t, fake.Options{Life: 1024000 * time.Second})
	got, err := b.Run(sdk.OpAcquire, b.Config, nil)
	if err != nil {
		t.Fatal(err)
	}
	value := b.Attributes(got)
	want := args{
		"token":        "YWMt9amic98u1s8K1WSZ6M_iYCYsKzjgsul_r7D2hSny44U",
		"access_token": "YWMt9amic98u1s8K1WSZ6M_iYCYsKzjgsul_r7D2hSny44U",
		"expires_in":   1024000.0,
		"application":  "8be024f0-e978-11e8-b697-5d598d5f8402",
	}
	if diff := cmp.Diff(want, value); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(sdk.Result{Life: 1024000 * time.Second, Value: got.Value}, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	if token, _ := value["token"].(string); !b.server.Alive(token) {
		t.Error("the token is not alive at the server")
	}
	b.Clean()
}

func TestLife(t *testing.T) {
	const century = 100 * 365 * 24 * 60 * 60 // seconds
	tests := []struct {
		name string
		ttl  any // asked for
		unit string
		odd  fake.Oddity
		want time.Duration // 0: it never expires
	}{
		{"the console's", nil, "s", "", time.Hour},
		{"the console's, in milliseconds", nil, "ms", "", time.Hour},
		{"asked for", 90, "s", "", 90 * time.Second},
		{"asked for in milliseconds", 90500, "ms", "", 90500 * time.Millisecond},
		{"asked for as text", "90", "s", "", 90 * time.Second},
		{"eternal, whatever the answer says", 0, "s", "", 0},
		{"eternal, answer without expires_in", 0, "s", fake.ExpiresMissing, 0},
		{"eternal, answer with a huge one", 0, "s", fake.ExpiresHuge, 0},
		{"missing", nil, "s", fake.ExpiresMissing, 0},
		{"null", nil, "s", fake.ExpiresNull, 0},
		{"zero", 90, "s", fake.ExpiresZero, 0},
		{"negative", 90, "s", fake.ExpiresNegative, 0},
		{"huge", nil, "s", fake.ExpiresHuge, 0},
		{"huge, in milliseconds", nil, "ms", fake.ExpiresHuge, 0},
		{"beyond 64 bits", nil, "s", fake.ExpiresOverflow, 0},
		{"number as string", 90, "s", fake.NumbersAsStrings, 90 * time.Second},
		{"number as float", 90, "s", fake.NumbersAsFloats, 90 * time.Second},
		{"a century", century, "s", "", century * time.Second},
		{"more than a century", century + 1, "s", "", 0},
		{"more than a duration holds", 9300000000, "s", "", 0},
		{"a century of milliseconds", century * 1000, "ms", "", century * time.Second},
		{"more than that", century*1000 + 1, "ms", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, fake.Options{Life: time.Hour, Millis: test.unit == "ms"})
			b.server.Odd(test.odd)
			got, err := b.Run(sdk.OpAcquire, b.With(args{"ttl": test.ttl, "ttl_unit": test.unit}), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Eternal != (test.want == 0) || got.Life != test.want || got.Renewable {
				t.Errorf("life %s, eternal %t, renewable %t; want %s", got.Life, got.Eternal, got.Renewable, test.want)
			}
			b.Clean()
		})
	}
}

// What the answer leaves out is null, and what it says is passed on as it is.
func TestExpiresIn(t *testing.T) {
	for odd, want := range map[fake.Oddity]any{"": 3600.0, fake.ExpiresMissing: nil, fake.ExpiresNull: nil, fake.ExpiresZero: 0.0, fake.ExpiresNegative: -1.0} {
		b := newBench(t, fake.Options{Life: time.Hour})
		b.server.Odd(odd)
		got, err := b.Run(sdk.OpAcquire, b.Config, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.Attributes(got)["expires_in"]); diff != "" {
			t.Errorf("%q (-want +got):\n%s", odd, diff)
		}
	}
}

// The first token lives on beside the second.
func TestSecondAcquireKeepsTheFirst(t *testing.T) {
	b := newBench(t, fake.Options{})
	var tokens []string
	for range 2 {
		got, err := b.Run(sdk.OpAcquire, b.Config, nil)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, b.Attributes(got)["token"].(string))
	}
	if tokens[0] == tokens[1] || !b.server.Alive(tokens[0]) || !b.server.Alive(tokens[1]) {
		t.Errorf("tokens %v", tokens)
	}
}

func TestNoRenewalNoRevoke(t *testing.T) {
	b := newBench(t, fake.Options{})
	for _, op := range []sdk.Operation{sdk.OpRenew, sdk.OpRevoke} {
		_, err := b.Run(op, b.Config, json.RawMessage(`{"token":"x"}`))
		if sdk.ClassOf(err) != sdk.Unsupported || b.server.Calls() != 0 {
			t.Errorf("%s: got %v after %d calls", op, err, b.server.Calls())
		}
	}
}

func TestDescription(t *testing.T) {
	d, err := newBench(t, fake.Options{}).Plugin.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type flags struct{ Type, Default, Flags string }
	got := map[string]flags{}
	for _, a := range d.Config.Attributes {
		got[a.Name] = flags{string(a.Type), string(a.Default), words(a)}
	}
	want := map[string]flags{
		"base_url":      {`"string"`, "", "required account endpoint"},
		"org_name":      {`"string"`, "", "required account"},
		"app_name":      {`"string"`, "", "required account"},
		"client_id":     {`"string"`, "", "required account"},
		"client_secret": {`"string"`, "", "required sensitive"},
		"ttl":           {`"number"`, "", "whole"},
		"ttl_unit":      {`"string"`, `"s"`, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if ttl, _ := d.Config.Attribute("ttl"); ttl.Min == nil || *ttl.Min != 0 || ttl.Max != nil {
		t.Errorf("ttl is %+v", ttl)
	}
	wantToken := sdk.Token{
		Second: sdk.KeepsFirst,
		Use:    []sdk.Placement{{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token}"}},
		Dead:   []sdk.Evidence{{Status: 401}},
	}
	if diff := cmp.Diff(wantToken, d.Token); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
	wantLimits := []sdk.Limit{{Name: "pace", Scope: []string{"client_id"}, Counts: []sdk.Operation{sdk.OpAcquire}, MinInterval: time.Second}}
	if diff := cmp.Diff(wantLimits, d.Limits); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1, Life: 1_024_000 * time.Second}}, d.Abilities); diff != "" {
		t.Errorf("abilities (-want +got):\n%s", diff)
	}
}

// words are the properties of an argument.
func words(a sdk.Attribute) (s string) {
	for _, w := range []struct {
		name string
		set  bool
	}{{"required", a.Required}, {"sensitive", a.Sensitive}, {"account", a.Account}, {"endpoint", a.Endpoint}, {"volatile", a.Volatile}, {"whole", a.Whole}} {
		if w.set {
			s += " " + w.name
		}
	}
	if s != "" {
		s = s[1:]
	}
	return s
}

// The README names every argument and attribute.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	d, err := newBench(t, fake.Options{}).Plugin.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range append(d.Config.Attributes, d.Credential.Attributes...) {
		if !strings.Contains(string(text), "`"+a.Name+"`") {
			t.Errorf("%s is missing", a.Name)
		}
	}
}
