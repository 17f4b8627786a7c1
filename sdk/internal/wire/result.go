package wire

import (
	"errors"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"google.golang.org/protobuf/types/known/durationpb"
)

// CredentialToProto is how an acquire or a renew ended well.
func CredentialToProto(r sdk.Result) *pluginpb.Credential {
	out := &pluginpb.Credential{
		Value: r.Value, Private: r.Private, Renewable: r.Renewable,
		RenewWithin: durationToProto(r.RenewWithin), UsableAfter: durationToProto(r.UsableAfter),
	}
	if !r.Eternal {
		out.Life = durationpb.New(r.Life)
	}
	return out
}

// CredentialFromProto is a credential that a plugin answered. It refuses a life that is not longer than nothing, and negative durations;
// whether the value fits the schema is the host's to check.
func CredentialFromProto(in *pluginpb.Credential) (sdk.Result, error) {
	out := sdk.Result{Value: rawJSON(in.GetValue()), Private: rawJSON(in.GetPrivate()), Renewable: in.GetRenewable()}
	var err error
	if out.Life, err = durationFromProto("its life", in.GetLife()); err != nil {
		return sdk.Result{}, err
	}
	if out.RenewWithin, err = durationFromProto("renew_within", in.GetRenewWithin()); err != nil {
		return sdk.Result{}, err
	}
	if out.UsableAfter, err = durationFromProto("usable_after", in.GetUsableAfter()); err != nil {
		return sdk.Result{}, err
	}
	out.Eternal = in.GetLife() == nil
	if !out.Eternal && out.Life == 0 {
		return sdk.Result{}, errors.New("its life is over before it begins (0s)")
	}
	return out, nil
}

// EndedToProto is how a revoke ended well.
func EndedToProto(r sdk.Result) *pluginpb.Ended {
	return &pluginpb.Ended{NotAtVendor: r.NotAtVendor, Text: valid(r.Text)}
}

// EndedFromProto is how a revoke ended well.
func EndedFromProto(in *pluginpb.Ended) sdk.Result {
	return sdk.Result{NotAtVendor: in.GetNotAtVendor(), Text: in.GetText()}
}
