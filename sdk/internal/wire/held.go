package wire

import (
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// HeldToProto is the held credential on the wire, absent where none is held.
func HeldToProto(h *sdk.Held) *pluginpb.Held {
	if h == nil {
		return nil
	}
	return &pluginpb.Held{Value: h.Value, Private: h.Private, MadeBy: h.MadeBy}
}

// HeldFromProto is the held credential, nil where none is held.
func HeldFromProto(in *pluginpb.Held) *sdk.Held {
	if in == nil {
		return nil
	}
	return &sdk.Held{Value: rawJSON(in.GetValue()), Private: rawJSON(in.GetPrivate()), MadeBy: in.GetMadeBy()}
}
