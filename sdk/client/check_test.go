package client

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

func TestCheckDescription(t *testing.T) {
	text := json.RawMessage(`"string"`)
	arguments := func(attributes ...sdk.Attribute) func(*sdk.Description) {
		return func(d *sdk.Description) { d.Config = sdk.Block{Attributes: attributes} }
	}
	limits := func(limits ...sdk.Limit) func(*sdk.Description) {
		return func(d *sdk.Description) { d.Limits = limits }
	}
	pace := sdk.Limit{Name: "pace", MinInterval: time.Second}
	for want, change := range map[string]func(*sdk.Description){
		"": func(*sdk.Description) {},
		`it is the plugin of vendor "bad", and its file is named for "good"`: func(d *sdk.Description) { d.Vendor = "bad" },
		`its version "1.2" is none (1.2.3)`:                                  func(d *sdk.Description) { d.Version = "1.2" },
		`it cannot acquire`:                                                  func(d *sdk.Description) { d.Abilities = d.Abilities[1:] },
		`its configuration: "Do" is not a name`:                              arguments(sdk.Attribute{Name: "Do", Type: text}),
		`its configuration: "a" is there twice`:                              arguments(sdk.Attribute{Name: "a", Type: text}, sdk.Attribute{Name: "a", Type: text}),
		`its configuration: "a": its type is not JSON`:                       arguments(sdk.Attribute{Name: "a"}),
		`its configuration: "a": its type is none that this authrun knows`:   arguments(sdk.Attribute{Name: "a", Type: json.RawMessage(`["list"]`)}),
		`its configuration: "a": a value that it names is not a string`:      arguments(sdk.Attribute{Name: "a", Type: text, Default: json.RawMessage(`7`)}),
		`its configuration: "b": a value that it names is not a string`:      arguments(sdk.Attribute{Name: "b", Type: text, OneOf: []json.RawMessage{json.RawMessage(`{}`)}}),
		`its configuration: "a": its pattern is no regular expression`:       arguments(sdk.Attribute{Name: "a", Type: text, Match: "("}),
		`its configuration: a rule is over "b", which is not there`:          func(d *sdk.Description) { d.Config.Rules = []sdk.Rule{sdk.Together("do", "b")} },
		`its configuration: block "n": "B" is not a name`: func(d *sdk.Description) {
			d.Config.Blocks = []sdk.Nested{{Name: "n", Block: sdk.Block{Attributes: []sdk.Attribute{{Name: "B"}}}}}
		},
		`its credential: the attribute "token" is one that every credential has`: func(d *sdk.Description) { d.Credential.Attributes[0].Name = "token" },
		`two limits are named "pace"`:                                            limits(pace, pace),
		`limit "": it has no name`:                                               limits(sdk.Limit{MinInterval: 1}),
		`limit "l": it is scoped by "x", which is no argument`:                   limits(sdk.Limit{Name: "l", Scope: []string{"x"}}),
		`limit "l": its quota is nothing`:                                        limits(sdk.Limit{Name: "l", Quota: &sdk.Quota{}}),
		`limit "l": its lock-out is nothing`:                                     limits(sdk.Limit{Name: "l", Lockout: &sdk.Lockout{Refusals: 1}}),
		`limit "l": its interval is nothing`:                                     limits(sdk.Limit{Name: "l"}),
	} {
		d, _ := (&vendor{name: "good"}).Describe(context.Background())
		change(&d)
		got := ""
		if err := checkDescription(d, "good"); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestConforms(t *testing.T) {
	for _, test := range []struct{ typ, value, want string }{
		{`"string"`, `"x"`, ""},
		{`"string"`, `null`, ""},
		{`"string"`, `1`, "is not a string"},
		{`"number"`, `1.5e3`, ""},
		{`"number"`, `"9007199254740993"`, ""},
		{`"number"`, `"x"`, "is not a number"},
		{`"bool"`, `true`, ""},
		{`"bool"`, `"true"`, "is not a bool"},
		{`"dynamic"`, `{"a":[1]}`, ""},
		{`["list","string"]`, `["a",null]`, ""},
		{`["set","string"]`, `["a",1]`, "is not a string"},
		{`["list","string"]`, `{}`, "is not a list"},
		{`["map",["list","bool"]]`, `{"a":[true]}`, ""},
		{`["map","bool"]`, `{"a":0}`, "is not a bool"},
		{`["map","bool"]`, `[]`, "is not an object"},
		{`["object",{"a":"string","b":"bool"}]`, `{"a":"x"}`, ""},
		{`["object",{"a":"string"},["a"]]`, `{"a":"x"}`, ""},
		{`["object",{"a":"string"}]`, `{"c":"x"}`, "has a member that its type does not have"},
		{`["object",{"a":"string"}]`, `"a"`, "is not an object"},
		{`["tuple",["string","bool"]]`, `["x",true]`, ""},
		{`["tuple",["string","bool"]]`, `["x"]`, "is not a list of 2"},
		{`["tuple",["string","bool"]]`, `["x",1]`, "is not a bool"},
	} {
		typ, err := parseType(json.RawMessage(test.typ))
		if err != nil {
			t.Errorf("%s: %v", test.typ, err)
			continue
		}
		value, err := parseJSON(json.RawMessage(test.value))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := conforms(typ, value); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s as %s: got %q, want %q", test.value, test.typ, got, test.want)
		}
	}
	for _, typ := range []string{``, `"text"`, `7`, `[]`, `["list"]`, `["list",7]`, `["object",["string"]]`, `["tuple",{}]`, `["tuple",["x"]]`, `["object",{"a":"x"}]`, `"string" "string"`} {
		if _, err := parseType(json.RawMessage(typ)); err == nil {
			t.Errorf("%s is a type", typ)
		}
	}
}

// A plugin is another program: whatever types and values it names, the host must not fall over them, and no error may quote them.
func FuzzConforms(f *testing.F) {
	f.Add(`["object",{"a":["tuple",["string","bool"]]}]`, `{"a":["x",true]}`)
	f.Add(`["map","number"]`, `{"a":"1"}`)
	f.Fuzz(func(t *testing.T, rawType, rawValue string) {
		typ, err := parseType(json.RawMessage(rawType))
		if err != nil {
			return
		}
		value, err := parseJSON(json.RawMessage(rawValue))
		if err != nil {
			return
		}
		if err := conforms(typ, value); err != nil && len(rawValue) > 40 && strings.Contains(err.Error(), rawValue) {
			t.Errorf("the error quotes the value: %v", err)
		}
	})
}

// What a plugin writes to its standard error is read as a log line where it looks like one.
func FuzzParseLogLine(f *testing.F) {
	f.Add(`{"@level":"info","@message":"m","a":1,"b":null,"@module":"x"}`)
	f.Add(`{"@level":1,"@message":{}}`)
	f.Fuzz(func(t *testing.T, line string) {
		if l, ok := parseLogLine(line); ok && !strings.HasPrefix(l.String(), "[") {
			t.Errorf("got %q", l.String())
		}
	})
}
