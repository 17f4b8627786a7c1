package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// full is a description with everything in it.
func full() sdk.Description {
	least, most := 1.0, 65535.0
	return sdk.Description{
		Vendor: "yunxun", Version: "1.2.3", SDK: "go 0.1.0", Doc: "Tickets.", Checks: true, OpenLimits: true,
		Config: sdk.Block{
			Doc: "Arguments.",
			Attributes: []sdk.Attribute{
				{Name: "base_url", Type: json.RawMessage(`"string"`), Required: true, Account: true, Endpoint: true, Match: "https?://.*", Hint: "a URL", Doc: "Where."},
				{Name: "port", Type: json.RawMessage(`"number"`), Default: json.RawMessage(`80`), Min: &least, Max: &most, Whole: true, Volatile: true},
				{Name: "region", Type: json.RawMessage(`"string"`), OneOf: []json.RawMessage{json.RawMessage(`"cn"`), json.RawMessage(`"sg"`)}, Deprecated: "use base_url"},
				{Name: "wait", Type: json.RawMessage(`"string"`), Format: "duration", Sensitive: true},
			},
			Blocks: []sdk.Nested{{Name: "device", Min: 1, Max: 3, Volatile: true, Block: sdk.Block{Attributes: []sdk.Attribute{{Name: "id", Type: json.RawMessage(`"string"`)}}}}},
			Rules:  []sdk.Rule{sdk.ExactlyOne("a", "b"), sdk.AtMostOne("c", "d"), sdk.Together("e", "f")},
		},
		Credential: sdk.Block{Attributes: []sdk.Attribute{{Name: "refresh", Type: json.RawMessage(`"string"`), Private: true}}},
		Abilities:  []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 2, Life: 2 * time.Hour}, {Operation: sdk.OpRenew, Calls: 1, Life: sdk.Forever}, {Operation: sdk.OpRevoke}},
		Limits: []sdk.Limit{
			{Name: "monthly", Scope: []string{"base_url"}, Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"}},
			{Name: "daily", Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarDay}},
			{Name: "hourly", Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarHour}},
			{Name: "window", Counts: []sdk.Operation{sdk.OpAcquire, sdk.OpRenew}, Quota: &sdk.Quota{Count: 5, Sliding: time.Minute}},
			{Name: "pace", MinInterval: time.Second},
			{Name: "lock", Lockout: &sdk.Lockout{Refusals: 5, Hold: 10 * time.Minute}},
		},
		Token: sdk.Token{
			Second: sdk.SameToken, FreshWithin: time.Hour, Sliding: true, Overlap: time.Minute,
			From: sdk.TokenFrom{Second: "second", FreshWithin: "fresh_within", Sliding: "sliding", Overlap: "overlap", Use: "use", Dead: "dead"},
			Use: []sdk.Placement{
				{In: sdk.InHeader, Name: "Authorization", Value: "Bearer {token}"}, {In: sdk.InQuery, Name: "t", Value: "{token}"},
				{In: sdk.InCookie, Name: "c", Value: "{token}"}, {In: sdk.InForm, Name: "f", Value: "{token}"}, {In: sdk.InJSON, Name: "/j", Value: "{token}"},
			},
			Dead: []sdk.Evidence{{Status: 200, Pointer: "/ret", OneOf: []string{"600"}}, {Status: 401}},
		},
	}
}

// overWire is d as the other end gets it.
func overWire(t *testing.T, d sdk.Description) (sdk.Description, error) {
	t.Helper()
	b, err := proto.Marshal(DescriptionToProto(d))
	if err != nil {
		t.Fatal(err)
	}
	var in pluginpb.DescribeResponse
	if err := proto.Unmarshal(b, &in); err != nil {
		t.Fatal(err)
	}
	return DescriptionFromProto(&in)
}

func TestDescriptionSurvives(t *testing.T) {
	got, err := overWire(t, full())
	if diff := cmp.Diff(full(), got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, second := range []sdk.Second{sdk.UnknownSecond, sdk.KeepsFirst, sdk.KillsFirst, sdk.SameToken} {
		if got, err := overWire(t, sdk.Description{Token: sdk.Token{Second: second}}); err != nil || got.Token.Second != second {
			t.Errorf("%q became %q (%v)", second, got.Token.Second, err)
		}
	}
}

func TestDescriptionOfALaterVersion(t *testing.T) {
	const later = 99
	in := &pluginpb.DescribeResponse{
		Vendor:    "x",
		Config:    &pluginpb.Block{Rules: []*pluginpb.Rule{{Kind: later}, {Kind: pluginpb.Rule_KIND_TOGETHER}}},
		Abilities: []*pluginpb.Ability{{Operation: later, Calls: 1}, {Operation: pluginpb.Operation_OPERATION_ACQUIRE, Calls: 1}},
		Limits: []*pluginpb.Limit{
			{Name: "of another operation", Counts: []pluginpb.Operation{later}, Kind: &pluginpb.Limit_MinInterval{MinInterval: durationpb.New(1)}},
			{Name: "of both", Counts: []pluginpb.Operation{later, pluginpb.Operation_OPERATION_RENEW}, Kind: &pluginpb.Limit_MinInterval{MinInterval: durationpb.New(1)}},
		},
		Token: &pluginpb.Token{Second: later, Use: []*pluginpb.Placement{{In: later}, {In: pluginpb.Placement_IN_HEADER, Name: "h"}}},
	}
	want := sdk.Description{
		Vendor: "x", Config: sdk.Block{Rules: []sdk.Rule{{Kind: sdk.RuleTogether}}},
		Abilities: []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 1}},
		Limits:    []sdk.Limit{{Name: "of both", Counts: []sdk.Operation{sdk.OpRenew}, MinInterval: 1}},
		Token:     sdk.Token{Use: []sdk.Placement{{In: sdk.InHeader, Name: "h"}}},
	}
	got, err := DescriptionFromProto(in)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestDescriptionRefused(t *testing.T) {
	deep := &pluginpb.Block{}
	for range maxDepth + 1 {
		deep = &pluginpb.Block{Blocks: []*pluginpb.Nested{{Name: "n", Block: deep}}}
	}
	negative := durationpb.New(-time.Second)
	limit := func(l *pluginpb.Limit) *pluginpb.DescribeResponse {
		l.Name = "l"
		return &pluginpb.DescribeResponse{Limits: []*pluginpb.Limit{l}}
	}
	for want, in := range map[string]*pluginpb.DescribeResponse{
		"blocks are nested too deep":                              {Config: deep},
		`limit "l": is of a kind that this authrun does not know`: limit(&pluginpb.Limit{}),
		`limit "l": min_interval is negative (-1s)`:               limit(&pluginpb.Limit{Kind: &pluginpb.Limit_MinInterval{MinInterval: negative}}),
		`limit "l": has a window that this authrun does not know`: limit(&pluginpb.Limit{Kind: &pluginpb.Limit_Quota{Quota: &pluginpb.Quota{Count: 1}}}),
		`limit "l": the window has no length`:                     limit(&pluginpb.Limit{Kind: &pluginpb.Limit_Quota{Quota: &pluginpb.Quota{Window: &pluginpb.Quota_Sliding{}}}}),
		`limit "l": hold is negative`:                             limit(&pluginpb.Limit{Kind: &pluginpb.Limit_Lockout{Lockout: &pluginpb.Lockout{Hold: negative}}}),
		"ability acquire: typical_life is negative (-1s)": {Abilities: []*pluginpb.Ability{
			{Operation: pluginpb.Operation_OPERATION_ACQUIRE, TypicalLife: negative}}},
		"token: overlap is negative (-1s)":            {Token: &pluginpb.Token{Overlap: negative}},
		"token: fresh_within is not a valid duration": {Token: &pluginpb.Token{FreshWithin: &durationpb.Duration{Seconds: 1, Nanos: -1}}},
	} {
		if _, err := DescriptionFromProto(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A plugin is another program: whatever it sends, the host must not fall over it.
func FuzzDescriptionFromProto(f *testing.F) {
	b, err := proto.Marshal(DescriptionToProto(full()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var in pluginpb.DescribeResponse
		if proto.Unmarshal(b, &in) != nil {
			return
		}
		d, err := DescriptionFromProto(&in)
		if err != nil {
			return
		}
		again, err := DescriptionFromProto(DescriptionToProto(d))
		if diff := cmp.Diff(d, again); err != nil || diff != "" {
			t.Errorf("%v: not the same the second time:\n%s", err, diff)
		}
	})
}
