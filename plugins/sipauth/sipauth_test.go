package sipauth_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/plugins/sipauth"
	"github.com/authrun/authrun/plugins/sipauth/fake"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest"
)

var account = fake.Account{AppID: "ABCDEFG", AccessKey: "s3cr3t-accesskey"}

// args are arguments of an auth block, or attributes of a credential.
type args = map[string]any

// bench is the plugin in this process and its vendor's fake on loopback, both by one clock.
type bench struct {
	*sdktest.Bench
	server *fake.Server
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{}
	b.server = fake.New(fake.Options{Account: account, Now: func() time.Time { return b.Now }})
	b.Bench = sdktest.NewBench(t, sipauth.Vendor, b.server, func(url string) args {
		return args{"base_url": url, "appid": account.AppID, "accesskey": account.AccessKey, "encoding": "multipart"}
	})
	return b
}

func TestAcquire(t *testing.T) {
	for _, encoding := range []string{"multipart", "urlencoded"} {
		t.Run(encoding, func(t *testing.T) {
			b := newBench(t)
			got, err := b.Run(sdk.OpAcquire, b.With(args{"encoding": encoding}), nil)
			if err != nil {
				t.Fatal(err)
			}
			value := b.Attributes(got)
			want := args{
				"token": "2df4c3ba21fe4a105b770b4d82d6fa9b", "companycode": "1", "companyname": "test",
				"authtime": "2026-01-20 08:00:00", "authmodel": "",
			}
			if diff := cmp.Diff(want, value); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(sdk.Result{Life: 12 * time.Hour, Value: got.Value}, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if token, _ := value["token"].(string); !b.server.Alive(token) {
				t.Error("the token is not alive at the server")
			}
			b.Clean()
		})
	}
}

// The answer's own times lag behind, and the server's clock may be wrong: life counts from the instant the request left.
func TestLifeIgnoresTimesOfTheAnswer(t *testing.T) {
	b := newBench(t)
	b.Now = time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	got, err := b.Run(sdk.OpAcquire, b.Config, nil)
	if err != nil || got.Life != 12*time.Hour || got.Eternal || got.Renewable {
		t.Fatalf("got %v, %v", got, err)
	}
}

func TestRevoke(t *testing.T) {
	for _, encoding := range []string{"multipart", "urlencoded"} {
		t.Run(encoding, func(t *testing.T) {
			b := newBench(t)
			config := b.With(args{"encoding": encoding})
			got, err := b.Run(sdk.OpAcquire, config, nil)
			if err != nil {
				t.Fatal(err)
			}
			token := b.Attributes(got)["token"].(string)
			ended, err := b.Run(sdk.OpRevoke, config, got.Value)
			if err != nil || ended.NotAtVendor || ended.Text != "" {
				t.Fatalf("got %v, %v", ended, err)
			}
			if b.server.Alive(token) {
				t.Error("the token lives on")
			}
			again, err := b.Run(sdk.OpRevoke, config, got.Value)
			if err != nil || again.Text != "the token was dead already" {
				t.Errorf("a second time: got %v, %v", again, err)
			}
			b.Clean()
		})
	}
}

func TestNoRenewal(t *testing.T) {
	b := newBench(t)
	_, err := b.Run(sdk.OpRenew, b.Config, json.RawMessage(`{"token":"x"}`))
	if sdk.ClassOf(err) != sdk.Unsupported || b.server.Calls() != 0 {
		t.Errorf("got %v after %d calls", err, b.server.Calls())
	}
}

func TestDescription(t *testing.T) {
	d, err := newBench(t).Plugin.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type flags struct{ Type, Default, Flags string }
	got := map[string]flags{}
	for _, a := range d.Config.Attributes {
		got[a.Name] = flags{string(a.Type), string(a.Default), words(a)}
	}
	want := map[string]flags{
		"base_url":  {`"string"`, "", "required account endpoint"},
		"appid":     {`"string"`, "", "required account"},
		"accesskey": {`"string"`, "", "required sensitive"},
		"encoding":  {`"string"`, `"multipart"`, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	wantToken := sdk.Token{
		Use: []sdk.Placement{{In: sdk.InForm, Name: "token", Value: "{token}"}},
		Dead: []sdk.Evidence{
			{Status: 200, Pointer: "/ret", OneOf: []string{"600"}},
			{Status: 200, Pointer: "/data/errors/code", OneOf: []string{"1010"}},
		},
	}
	if diff := cmp.Diff(wantToken, d.Token); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1, Life: 12 * time.Hour}, {Operation: sdk.OpRevoke, Calls: 1}}, d.Abilities); diff != "" {
		t.Errorf("abilities (-want +got):\n%s", diff)
	}
}

// words are the properties of an argument.
func words(a sdk.Attribute) (s string) {
	for _, w := range []struct {
		name string
		set  bool
	}{{"required", a.Required}, {"sensitive", a.Sensitive}, {"account", a.Account}, {"endpoint", a.Endpoint}, {"volatile", a.Volatile}} {
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
	d, err := newBench(t).Plugin.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range append(d.Config.Attributes, d.Credential.Attributes...) {
		if !strings.Contains(string(text), "`"+a.Name+"`") {
			t.Errorf("%s is missing", a.Name)
		}
	}
}
