package wire

import (
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// ProblemsToProto is the answer to Check. Text that is not UTF-8 is mended, since protobuf would refuse the whole answer.
func ProblemsToProto(problems []sdk.Problem) *pluginpb.CheckResponse {
	out := &pluginpb.CheckResponse{}
	for _, p := range problems {
		out.Problems = append(out.Problems, &pluginpb.Problem{
			Path: validPath(p.Path), Summary: valid(p.Summary), Detail: valid(p.Detail), Warning: p.Warning,
		})
	}
	return out
}

// ProblemsFromProto is what a plugin finds wrong with a configuration.
func ProblemsFromProto(in *pluginpb.CheckResponse) []sdk.Problem {
	var out []sdk.Problem
	for _, p := range in.GetProblems() {
		out = append(out, sdk.Problem{Path: p.GetPath(), Summary: p.GetSummary(), Detail: p.GetDetail(), Warning: p.GetWarning()})
	}
	return out
}
