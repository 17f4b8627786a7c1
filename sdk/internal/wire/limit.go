package wire

import (
	"errors"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"google.golang.org/protobuf/types/known/durationpb"
)

// limitToProto is a limit on the wire.
func limitToProto(l sdk.Limit) *pluginpb.Limit {
	out := &pluginpb.Limit{Name: l.Name, Scope: l.Scope, Counts: operationsToProto(l.Counts)}
	switch {
	case l.Quota != nil:
		out.Kind = &pluginpb.Limit_Quota{Quota: quotaToProto(*l.Quota)}
	case l.Lockout != nil:
		out.Kind = &pluginpb.Limit_Lockout{Lockout: &pluginpb.Lockout{
			Refusals: uint32(l.Lockout.Refusals), Hold: durationToProto(l.Lockout.Hold),
		}}
	default:
		out.Kind = &pluginpb.Limit_MinInterval{MinInterval: durationpb.New(l.MinInterval)}
	}
	return out
}

// limitFromProto is a limit that a plugin declares. It holds is false where only operations that this SDK does not know count for it.
func limitFromProto(in *pluginpb.Limit) (out sdk.Limit, holds bool, err error) {
	out = sdk.Limit{Name: in.GetName(), Scope: in.GetScope(), Counts: operationsFromProto(in.GetCounts())}
	switch kind := in.GetKind().(type) {
	case *pluginpb.Limit_Quota:
		out.Quota, err = quotaFromProto(kind.Quota)
	case *pluginpb.Limit_MinInterval:
		out.MinInterval, err = durationFromProto("min_interval", kind.MinInterval)
	case *pluginpb.Limit_Lockout:
		out.Lockout = &sdk.Lockout{Refusals: int(kind.Lockout.GetRefusals())}
		out.Lockout.Hold, err = durationFromProto("hold", kind.Lockout.GetHold())
	default:
		err = errors.New("is of a kind that this authrun does not know; upgrade authrun")
	}
	return out, len(in.GetCounts()) == 0 || len(out.Counts) > 0, err
}

func quotaToProto(q sdk.Quota) *pluginpb.Quota {
	out := &pluginpb.Quota{Count: uint32(q.Count), Zone: q.Zone}
	if q.Sliding > 0 {
		out.Window = &pluginpb.Quota_Sliding{Sliding: durationToProto(q.Sliding)}
		return out
	}
	calendar := pluginpb.Quota_CALENDAR_UNSPECIFIED
	switch q.Per {
	case sdk.CalendarHour:
		calendar = pluginpb.Quota_CALENDAR_HOUR
	case sdk.CalendarDay:
		calendar = pluginpb.Quota_CALENDAR_DAY
	case sdk.CalendarMonth:
		calendar = pluginpb.Quota_CALENDAR_MONTH
	}
	out.Window = &pluginpb.Quota_Calendar_{Calendar: calendar}
	return out
}

func quotaFromProto(in *pluginpb.Quota) (*sdk.Quota, error) {
	out := &sdk.Quota{Count: int(in.GetCount()), Zone: in.GetZone()}
	if sliding, ok := in.GetWindow().(*pluginpb.Quota_Sliding); ok {
		d, err := durationFromProto("the window", sliding.Sliding)
		if err == nil && d == 0 {
			err = errors.New("the window has no length")
		}
		out.Sliding = d
		return out, err
	}
	switch in.GetCalendar() {
	case pluginpb.Quota_CALENDAR_HOUR:
		out.Per = sdk.CalendarHour
	case pluginpb.Quota_CALENDAR_DAY:
		out.Per = sdk.CalendarDay
	case pluginpb.Quota_CALENDAR_MONTH:
		out.Per = sdk.CalendarMonth
	default:
		return nil, errors.New("has a window that this authrun does not know; upgrade authrun")
	}
	return out, nil
}
