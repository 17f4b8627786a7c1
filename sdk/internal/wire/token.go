package wire

import (
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// tokenToProto is the semantics and the use of a token on the wire.
func tokenToProto(t sdk.Token) *pluginpb.Token {
	out := &pluginpb.Token{FreshWithin: durationToProto(t.FreshWithin), Sliding: t.Sliding, Overlap: durationToProto(t.Overlap)}
	switch t.Second {
	case sdk.KeepsFirst:
		out.Second = pluginpb.Second_SECOND_KEEPS
	case sdk.KillsFirst:
		out.Second = pluginpb.Second_SECOND_KILLS
	case sdk.SameToken:
		out.Second = pluginpb.Second_SECOND_SAME
	}
	for _, p := range t.Use {
		out.Use = append(out.Use, &pluginpb.Placement{In: inToProto(p.In), Name: p.Name, Value: p.Value})
	}
	for _, e := range t.Dead {
		out.Dead = append(out.Dead, &pluginpb.Evidence{Status: uint32(e.Status), Pointer: e.Pointer, OneOf: e.OneOf, Weak: e.Weak})
	}
	if f := t.From; f != (sdk.TokenFrom{}) {
		out.From = &pluginpb.TokenFrom{Second: f.Second, FreshWithin: f.FreshWithin, Sliding: f.Sliding, Overlap: f.Overlap, Use: f.Use, Dead: f.Dead}
	}
	return out
}

// tokenFromProto is the semantics and the use of a token that a plugin declares. What a second acquire does counts as unknown where the
// word for it is; a placement in an unknown part of a request is left out.
func tokenFromProto(in *pluginpb.Token) (sdk.Token, error) {
	from := in.GetFrom()
	out := sdk.Token{Sliding: in.GetSliding(), From: sdk.TokenFrom{Second: from.GetSecond(), FreshWithin: from.GetFreshWithin(),
		Sliding: from.GetSliding(), Overlap: from.GetOverlap(), Use: from.GetUse(), Dead: from.GetDead()}}
	var err error
	if out.FreshWithin, err = durationFromProto("fresh_within", in.GetFreshWithin()); err != nil {
		return sdk.Token{}, err
	}
	if out.Overlap, err = durationFromProto("overlap", in.GetOverlap()); err != nil {
		return sdk.Token{}, err
	}
	switch in.GetSecond() {
	case pluginpb.Second_SECOND_KEEPS:
		out.Second = sdk.KeepsFirst
	case pluginpb.Second_SECOND_KILLS:
		out.Second = sdk.KillsFirst
	case pluginpb.Second_SECOND_SAME:
		out.Second = sdk.SameToken
	}
	for _, p := range in.GetUse() {
		if where, ok := inFromProto(p.GetIn()); ok {
			out.Use = append(out.Use, sdk.Placement{In: where, Name: p.GetName(), Value: p.GetValue()})
		}
	}
	for _, e := range in.GetDead() {
		out.Dead = append(out.Dead, sdk.Evidence{Status: int(e.GetStatus()), Pointer: e.GetPointer(), OneOf: e.GetOneOf(), Weak: e.GetWeak()})
	}
	return out, nil
}

func inToProto(in sdk.In) pluginpb.Placement_In {
	switch in {
	case sdk.InHeader:
		return pluginpb.Placement_IN_HEADER
	case sdk.InQuery:
		return pluginpb.Placement_IN_QUERY
	case sdk.InCookie:
		return pluginpb.Placement_IN_COOKIE
	case sdk.InForm:
		return pluginpb.Placement_IN_FORM
	case sdk.InJSON:
		return pluginpb.Placement_IN_JSON
	}
	return pluginpb.Placement_IN_UNSPECIFIED
}

func inFromProto(in pluginpb.Placement_In) (sdk.In, bool) {
	switch in {
	case pluginpb.Placement_IN_HEADER:
		return sdk.InHeader, true
	case pluginpb.Placement_IN_QUERY:
		return sdk.InQuery, true
	case pluginpb.Placement_IN_COOKIE:
		return sdk.InCookie, true
	case pluginpb.Placement_IN_FORM:
		return sdk.InForm, true
	case pluginpb.Placement_IN_JSON:
		return sdk.InJSON, true
	}
	return "", false
}
