package eval

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/authrun/authrun/sdk"
	"github.com/hashicorp/hcl/v2"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func number(f float64) *float64 { return &f }

func raw(text string) json.RawMessage { return json.RawMessage(text) }

// vendors are the schemas that the tests' flows are checked against: cloud has every kind of rule, pbx nested blocks.
func vendors() map[string]sdk.Description {
	return map[string]sdk.Description{
		"cloud": {
			Vendor: "cloud", Version: "0.1.0",
			Config: sdk.Block{
				Attributes: []sdk.Attribute{
					{Name: "base_url", Type: raw(`"string"`), Default: raw(`"https://cloud.example"`), Account: true, Endpoint: true},
					{Name: "client_id", Type: raw(`"string"`), Required: true, Account: true, Doc: "Id of the client."},
					{Name: "client_secret", Type: raw(`"string"`), Required: true, Sensitive: true},
					{Name: "ttl", Type: raw(`"number"`), Min: number(0), Whole: true},
					{Name: "port", Type: raw(`"number"`), Min: number(1), Max: number(65535), Whole: true, Default: raw(`443`)},
					{Name: "unit", Type: raw(`"string"`), Default: raw(`"s"`), OneOf: []json.RawMessage{raw(`"s"`), raw(`"ms"`)}},
					{Name: "device", Type: raw(`"string"`), Match: "[A-Za-z0-9]+", Hint: "a MAC address goes without its colons"},
					{Name: "settle", Type: raw(`"string"`), Format: "duration", Volatile: true},
					{Name: "old", Type: raw(`"string"`), Deprecated: "use client_id."},
					{Name: "tags", Type: raw(`["map","string"]`)},
					{Name: "code", Type: raw(`"string"`), Sensitive: true},
					{Name: "code_hash", Type: raw(`"string"`), Sensitive: true},
				},
				Rules: []sdk.Rule{sdk.AtMostOne("code", "code_hash")},
			},
			Limits: []sdk.Limit{{Name: "monthly", Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarMonth}}},
			Token:  sdk.Token{Second: sdk.KeepsFirst},
			Credential: sdk.Block{Attributes: []sdk.Attribute{
				{Name: "access_token", Type: raw(`"string"`), Sensitive: true},
				{Name: "expires_in", Type: raw(`"number"`)},
				{Name: "application", Type: raw(`"string"`)},
				{Name: "refresh", Type: raw(`"string"`), Private: true},
			}},
		},
		"pbx": {
			Vendor: "pbx", Version: "0.2.0",
			Config: sdk.Block{
				Attributes: []sdk.Attribute{
					{Name: "base_url", Type: raw(`"string"`), Required: true, Account: true, Endpoint: true},
					{Name: "password", Type: raw(`"string"`), Sensitive: true},
					{Name: "password_md5", Type: raw(`"string"`), Sensitive: true},
					{Name: "certificate", Type: raw(`"string"`)},
					{Name: "key", Type: raw(`"string"`), Sensitive: true},
				},
				Blocks: []sdk.Nested{{Name: "listener", Max: 2, Block: sdk.Block{Attributes: []sdk.Attribute{
					{Name: "port", Type: raw(`"number"`), Required: true},
					{Name: "pin", Type: raw(`"string"`), Sensitive: true},
				}}}},
				Rules: []sdk.Rule{sdk.ExactlyOne("password", "password_md5"), sdk.Together("certificate", "key")},
			},
			Limits: []sdk.Limit{
				{Name: "pace", Scope: []string{"base_url"}, MinInterval: time.Second},
				{Name: "lockout", Scope: []string{"base_url"}, Lockout: &sdk.Lockout{Refusals: 5, Hold: 10 * time.Minute}},
			},
		},
		"open": {
			Vendor: "open", Version: "0.1.0", OpenLimits: true,
			Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1}, {Operation: sdk.OpRenew, Calls: 1}},
			Config: sdk.Block{
				Attributes: []sdk.Attribute{
					{Name: "base_url", Type: raw(`"string"`), Required: true, Account: true, Endpoint: true},
					{Name: "account", Type: raw(`["map","string"]`), Account: true},
					{Name: "secret", Type: raw(`"string"`), Sensitive: true},
					{Name: "second", Type: raw(`"string"`), Volatile: true, Default: raw(`"unknown"`)},
					{Name: "fresh_within", Type: raw(`"string"`), Format: "duration", Volatile: true},
					{Name: "slides", Type: raw(`"bool"`), Volatile: true},
				},
				Blocks: []sdk.Nested{
					{Name: "use", Volatile: true, Block: sdk.Block{Attributes: []sdk.Attribute{
						{Name: "in", Type: raw(`"string"`), Required: true},
						{Name: "name", Type: raw(`"string"`), Required: true},
						{Name: "value", Type: raw(`"string"`), Required: true},
					}}},
					{Name: "dead", Volatile: true, Block: sdk.Block{Attributes: []sdk.Attribute{
						{Name: "status", Type: raw(`"number"`)},
						{Name: "pointer", Type: raw(`"string"`)},
						{Name: "one_of", Type: raw(`["list","string"]`)},
					}}},
				},
			},
			Token: sdk.Token{From: sdk.TokenFrom{Second: "second", FreshWithin: "fresh_within", Sliding: "slides", Use: "use", Dead: "dead"},
				Use: []sdk.Placement{{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token}"}}},
		},
	}
}

// write writes files into a new folder and gives its path.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// environment makes an environment of a map.
func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := vars[name]
		return value, ok
	}
}

// open loads a flow and describes the vendors. The diagnostics are those of the way there.
func open(t testing.TB, path string, in Inputs) (*Scope, hcl.Diagnostics) {
	t.Helper()
	f, diags := flow.Load(path)
	if in.Now == nil {
		in.Now = func() time.Time { return now }
	}
	s, more := New(f, in)
	for name, description := range vendors() {
		if err := s.Describe(name, description); err != nil {
			t.Fatal(err)
		}
	}
	return s, append(diags, more...)
}

// load is open for the text of one file, which must be right.
func load(t testing.TB, text string, in Inputs) *Scope {
	t.Helper()
	s, diags := open(t, write(t, map[string]string{"main.hcl": text}), in)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return s
}

// find is the instance of an address.
func find(t testing.TB, s *Scope, text string) Instance {
	t.Helper()
	addr, err := flow.ParseAddr(text)
	if err != nil {
		t.Fatal(err)
	}
	i, ok := s.Index(addr)
	if !ok {
		t.Fatalf("the flow has no %s", addr)
	}
	return s.instances[i]
}
