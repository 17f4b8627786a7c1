package ippbx_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/ippbx"
	"github.com/authrun/authrun/plugins/ippbx/fake"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

var account = fake.Account{Username: "xiaoshao", Password: "123456"}

// example is the MD5 of that password by the vendor's documents.
const example = "e10adc3949ba59abbe56e057f20f883e"

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
	b.Bench = sdktest.NewBench(t, ippbx.Vendor, b.server, func(url string) args {
		return args{"base_url": url, "api_version": "v0.0.1", "format": "json", "username": account.Username, "password": account.Password,
			"password_md5": nil, "port": 8260, "url": nil, "version": nil, "urltag": nil, "ipaddr": nil}
	})
	return b
}

func TestAcquire(t *testing.T) {
	for _, format := range []string{"json", "xml"} {
		t.Run(format, func(t *testing.T) {
			b := newBench(t, fake.Options{})
			got, token := b.Acquire(b.With(args{"format": format, "url": "172.16.6.150:8260", "urltag": 1, "version": "0.0.1"}))
			want := sdk.Result{Value: []byte(`{"token":"18a79f35f145e2e5d2e52e1264394adc"}`), Life: 30 * time.Minute}
			if diff := cmp.Diff(string(want.Value), string(got.Value)); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			if got.Life != want.Life || got.Renewable || got.Eternal {
				t.Errorf("got %+v", got)
			}
			if !b.server.Alive(token) {
				t.Error("the token is not alive at the server")
			}
			wantReports := fake.Reports{IPAddr: "127.0.0.1", Port: "8260", URL: "172.16.6.150:8260", URLTag: "1", Version: "0.0.1"}
			if diff := cmp.Diff(wantReports, b.server.Reports()); diff != "" {
				t.Errorf("reports (-want +got):\n%s", diff)
			}
			b.Clean()
		})
	}
}

// The hash may be given instead of the password, in either case of letters.
func TestPasswordMD5(t *testing.T) {
	for _, hash := range []string{example, strings.ToUpper(example)} {
		b := newBench(t, fake.Options{})
		b.Acquire(b.With(args{"password": nil, "password_md5": hash}))
		b.Clean()
	}
}

// The host learns the hash that is sent, since it is as good as the password.
func TestHashIsLearned(t *testing.T) {
	for _, other := range []args{{}, {"password": nil, "password_md5": strings.ToUpper(example)}} {
		b := newBench(t, fake.Options{})
		if _, err := b.Run(sdk.OpAcquire, b.With(other), nil); err != nil || !slices.Contains(b.Learned, example) {
			t.Errorf("%v: learned %q, %v", other, b.Learned, err)
		}
	}
}

func TestRenew(t *testing.T) {
	for _, format := range []string{"json", "xml"} {
		t.Run(format, func(t *testing.T) {
			b := newBench(t, fake.Options{})
			config := b.With(args{"format": format, "ipaddr": "10.0.0.7", "url": "report", "urltag": 0, "version": "1.0.2"})
			got, token := b.Acquire(config)
			if !got.Renewable {
				t.Fatal("it is not renewable")
			}
			for range 3 { // each heartbeat makes it 30 minutes again
				b.Now = b.Now.Add(29 * time.Minute)
				renewed, err := b.Run(sdk.OpRenew, config, got.Value)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(sdk.Result{Life: 30 * time.Minute, Renewable: true}, renewed); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
			}
			wantReports := fake.Reports{IPAddr: "10.0.0.7", Port: "8260", URL: "report", URLTag: "0", Version: "1.0.2"}
			if diff := cmp.Diff(wantReports, b.server.Reports()); diff != "" {
				t.Errorf("reports (-want +got):\n%s", diff)
			}
			b.Now = b.Now.Add(30 * time.Minute)
			if b.server.Alive(token) {
				t.Error("the token never dies")
			}
			if _, err := b.Run(sdk.OpRenew, config, got.Value); sdk.ClassOf(err) != sdk.TokenDead {
				t.Errorf("a heartbeat with a dead token: %v", err)
			}
			b.Clean()
		})
	}
}

// Without ipaddr nothing is sent: the host acquires anew.
func TestRenewWithoutAddress(t *testing.T) {
	b := newBench(t, fake.Options{})
	_, err := b.Run(sdk.OpRenew, b.Config, json.RawMessage(`{"token":"x"}`))
	if sdk.ClassOf(err) != sdk.TokenDead || b.server.Calls() != 0 {
		t.Errorf("got %v after %d calls", err, b.server.Calls())
	}
}

func TestRevoke(t *testing.T) {
	for _, format := range []string{"json", "xml"} {
		t.Run(format, func(t *testing.T) {
			b := newBench(t, fake.Options{})
			config := b.With(args{"format": format})
			got, token := b.Acquire(config)
			if ended, err := b.Run(sdk.OpRevoke, config, got.Value); err != nil || ended.NotAtVendor || ended.Text != "" {
				t.Fatalf("got %v, %v", ended, err)
			}
			if b.server.Alive(token) {
				t.Error("the token lives on")
			}
			if again, err := b.Run(sdk.OpRevoke, config, got.Value); err != nil || again.Text != "the token was dead already" {
				t.Errorf("a second time: got %v, %v", again, err)
			}
			b.Clean()
		})
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
		"base_url":     {`"string"`, "", "required account endpoint"},
		"api_version":  {`"string"`, `"v0.0.1"`, ""},
		"format":       {`"string"`, `"json"`, ""},
		"username":     {`"string"`, "", "required account"},
		"password":     {`"string"`, "", "sensitive"},
		"password_md5": {`"string"`, "", "sensitive"},
		"port":         {`"number"`, "", "required whole"},
		"url":          {`"string"`, "", ""},
		"version":      {`"string"`, "", ""},
		"urltag":       {`"number"`, "", "whole"},
		"ipaddr":       {`"string"`, "", "volatile"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]sdk.Rule{sdk.ExactlyOne("password", "password_md5")}, d.Config.Rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	wantToken := sdk.Token{
		Sliding: true,
		Use:     []sdk.Placement{{In: sdk.InQuery, Name: "token", Value: "{token}"}},
		Dead:    []sdk.Evidence{{Status: 200, Pointer: "/errno", OneOf: []string{"20004", "20005", "20006"}}},
	}
	if diff := cmp.Diff(wantToken, d.Token); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
	wantLimits := []sdk.Limit{{Name: "lockout", Scope: []string{"base_url"}, Counts: []sdk.Operation{sdk.OpAcquire},
		Lockout: &sdk.Lockout{Refusals: 5, Hold: 10 * time.Minute}}}
	if diff := cmp.Diff(wantLimits, d.Limits); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	abilities := []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1, Life: 30 * time.Minute}, {Operation: sdk.OpRenew, Calls: 1, Life: 30 * time.Minute}, {Operation: sdk.OpRevoke, Calls: 1}}
	if diff := cmp.Diff(abilities, d.Abilities); diff != "" {
		t.Errorf("abilities (-want +got):\n%s", diff)
	}
}

// Bounds are data, for the host to check.
func TestBounds(t *testing.T) {
	d, err := newBench(t, fake.Options{}).Plugin.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][2]float64{"port": {1, 65535}, "urltag": {0, 1}} {
		a, _ := d.Config.Attribute(name)
		if a.Min == nil || a.Max == nil || [2]float64{*a.Min, *a.Max} != want {
			t.Errorf("%s is %+v", name, a)
		}
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
