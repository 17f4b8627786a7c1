package wire

import (
	"encoding/json"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// attributeToProto is an argument, or an attribute of a credential, on the wire.
func attributeToProto(a sdk.Attribute) *pluginpb.Attribute {
	out := &pluginpb.Attribute{
		Name: a.Name, Type: a.Type, Required: a.Required, Default: a.Default, Sensitive: a.Sensitive, Account: a.Account,
		Endpoint: a.Endpoint, Volatile: a.Volatile, Private: a.Private, Doc: a.Doc, Deprecated: a.Deprecated,
		Match: a.Match, Hint: a.Hint, Min: a.Min, Max: a.Max, Whole: a.Whole, Format: a.Format,
	}
	for _, v := range a.OneOf {
		out.OneOf = append(out.OneOf, v)
	}
	return out
}

// attributeFromProto is an argument, or an attribute of a credential, that a plugin declares.
func attributeFromProto(in *pluginpb.Attribute) sdk.Attribute {
	out := sdk.Attribute{
		Name: in.GetName(), Type: rawJSON(in.GetType()), Required: in.GetRequired(), Default: rawJSON(in.GetDefault()),
		Sensitive: in.GetSensitive(), Account: in.GetAccount(), Endpoint: in.GetEndpoint(), Volatile: in.GetVolatile(),
		Private: in.GetPrivate(), Doc: in.GetDoc(), Deprecated: in.GetDeprecated(),
		Match: in.GetMatch(), Hint: in.GetHint(), Whole: in.GetWhole(), Format: in.GetFormat(),
	}
	for _, v := range in.GetOneOf() {
		out.OneOf = append(out.OneOf, v)
	}
	if in != nil {
		out.Min, out.Max = in.Min, in.Max
	}
	return out
}

// rawJSON is b, nil where it is empty: absent and empty are the same on the wire.
func rawJSON(b []byte) json.RawMessage {
	if len(b) == 0 {
		return nil
	}
	return b
}
