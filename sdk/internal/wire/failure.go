package wire

import (
	"slices"
	"strings"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// FailureToProto is a failure on the wire. Text that is not UTF-8 is mended; a wait that is negative is none.
func FailureToProto(f *sdk.Failure) *pluginpb.Failure {
	return &pluginpb.Failure{
		Class: classToProto(f.Class), Text: valid(f.Text), RetryAfter: durationToProto(max(f.RetryAfter, 0)), Path: validPath(f.Path),
	}
}

// FailureFromProto is a failure that the other end reports. An unknown class is Unsupported, and a wait that makes no sense is none: a
// failure is worth more than its trimmings.
func FailureFromProto(in *pluginpb.Failure) *sdk.Failure {
	out := &sdk.Failure{Class: classFromProto(in.GetClass()), Text: in.GetText(), Path: in.GetPath()}
	if wait, err := durationFromProto("retry_after", in.GetRetryAfter()); err == nil {
		out.RetryAfter = wait
	}
	return out
}

// classToProto is the number of a class: its place in the order of the protocol, where 0 is no class.
func classToProto(c sdk.Class) pluginpb.Class {
	return pluginpb.Class(slices.Index(sdk.Classes(), c) + 1)
}

// classFromProto is the class of a number, Unsupported where this SDK does not know it.
func classFromProto(n pluginpb.Class) sdk.Class {
	classes := sdk.Classes()
	if n < 1 || int(n) > len(classes) {
		return sdk.Unsupported
	}
	return classes[n-1]
}

// valid is s with everything that is not UTF-8 replaced.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// validPath is path with everything that is not UTF-8 replaced.
func validPath(path []string) []string {
	var out []string
	for _, step := range path {
		out = append(out, valid(step))
	}
	return out
}
