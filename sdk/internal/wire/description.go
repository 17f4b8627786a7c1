package wire

import (
	"fmt"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// DescriptionToProto is the answer to Describe.
func DescriptionToProto(d sdk.Description) *pluginpb.DescribeResponse {
	out := &pluginpb.DescribeResponse{
		Vendor: d.Vendor, Version: d.Version, Sdk: d.SDK, Doc: d.Doc, Checks: d.Checks,
		Config: blockToProto(d.Config), Credential: blockToProto(d.Credential), Token: tokenToProto(d.Token), OpenLimits: d.OpenLimits,
	}
	for _, a := range d.Abilities {
		out.Abilities = append(out.Abilities, &pluginpb.Ability{Operation: OperationToProto(a.Operation), Calls: uint32(a.Calls),
			TypicalLife: durationToProto(a.Life)})
	}
	for _, l := range d.Limits {
		out.Limits = append(out.Limits, limitToProto(l))
	}
	return out
}

// DescriptionFromProto is what a plugin says of itself. It refuses a limit of a kind that it does not know, since a host that overlooked
// one would break it. Whether the description makes sense is the host's to check.
func DescriptionFromProto(in *pluginpb.DescribeResponse) (sdk.Description, error) {
	out := sdk.Description{
		Vendor: in.GetVendor(), Version: in.GetVersion(), SDK: in.GetSdk(), Doc: in.GetDoc(), Checks: in.GetChecks(),
		OpenLimits: in.GetOpenLimits(),
	}
	var err error
	if out.Config, err = blockFromProto(in.GetConfig(), 0); err != nil {
		return sdk.Description{}, fmt.Errorf("config: %w", err)
	}
	if out.Credential, err = blockFromProto(in.GetCredential(), 0); err != nil {
		return sdk.Description{}, fmt.Errorf("credential: %w", err)
	}
	if out.Token, err = tokenFromProto(in.GetToken()); err != nil {
		return sdk.Description{}, fmt.Errorf("token: %w", err)
	}
	for _, a := range in.GetAbilities() {
		op, ok := OperationFromProto(a.GetOperation())
		if !ok {
			continue
		}
		life, err := durationFromProto("typical_life", a.GetTypicalLife())
		if err != nil {
			return sdk.Description{}, fmt.Errorf("ability %s: %w", op, err)
		}
		out.Abilities = append(out.Abilities, sdk.Ability{Operation: op, Calls: int(a.GetCalls()), Life: life})
	}
	for _, l := range in.GetLimits() {
		limit, holds, err := limitFromProto(l)
		if err != nil {
			return sdk.Description{}, fmt.Errorf("limit %q: %w", l.GetName(), err)
		}
		if holds {
			out.Limits = append(out.Limits, limit)
		}
	}
	return out, nil
}
