package wire

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
)

func TestClassesHaveTheirNumbers(t *testing.T) {
	for _, class := range sdk.Classes() {
		number := classToProto(class)
		if want := "CLASS_" + strings.ToUpper(string(class)); number.String() != want {
			t.Errorf("%s is %s on the wire, want %s", class, number, want)
		}
		if got := classFromProto(number); got != class {
			t.Errorf("%s came back as %s", class, got)
		}
	}
	if n := len(pluginpb.Class_name) - 1; n != len(sdk.Classes()) {
		t.Errorf("the protocol has %d classes, the SDK %d", n, len(sdk.Classes()))
	}
	for _, number := range []pluginpb.Class{-1, 0, 99} {
		if got := classFromProto(number); got != sdk.Unsupported {
			t.Errorf("class %d is %s, want unsupported", number, got)
		}
	}
	if got := classToProto("made up"); got != pluginpb.Class_CLASS_UNSPECIFIED {
		t.Errorf("a class that there is not is %s", got)
	}
}

func TestFailure(t *testing.T) {
	in := &sdk.Failure{Class: sdk.LockedOut, Text: "bad \xff", RetryAfter: time.Minute, Path: []string{"a", "\xfe"}, Sent: true}
	want := &sdk.Failure{Class: sdk.LockedOut, Text: "bad \ufffd", RetryAfter: time.Minute, Path: []string{"a", "\ufffd"}}
	if diff := cmp.Diff(want, FailureFromProto(FailureToProto(in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, wait := range []*durationpb.Duration{nil, durationpb.New(-1), {Seconds: math.MaxInt64}} {
		if got := FailureFromProto(&pluginpb.Failure{RetryAfter: wait}); got.RetryAfter != 0 {
			t.Errorf("%v became %s", wait, got.RetryAfter)
		}
	}
	if FailureToProto(&sdk.Failure{RetryAfter: -1}).RetryAfter != nil {
		t.Error("a negative wait was sent")
	}
}

func TestCredential(t *testing.T) {
	for name, want := range map[string]sdk.Result{
		"whole":     {Value: []byte(`{}`), Private: []byte(`{"a":1}`), Life: time.Hour, Renewable: true, RenewWithin: time.Minute, UsableAfter: time.Second},
		"eternal":   {Value: []byte(`{}`), Eternal: true},
		"heartbeat": {Life: time.Nanosecond},
	} {
		got, err := CredentialFromProto(CredentialToProto(want))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	longest, err := CredentialFromProto(&pluginpb.Credential{Life: &durationpb.Duration{Seconds: 300 * 365 * 86400}})
	if err != nil || longest.Life != math.MaxInt64 || longest.Eternal {
		t.Errorf("300 years became %s (%v)", longest.Life, err)
	}
	for want, in := range map[string]*pluginpb.Credential{
		"its life is over before it begins (0s)": {Life: durationpb.New(0)},
		"its life is negative (-1s)":             {Life: durationpb.New(-time.Second)},
		"its life is not a valid duration":       {Life: &durationpb.Duration{Seconds: math.MaxInt64}},
		"renew_within is negative (-1s)":         {RenewWithin: durationpb.New(-time.Second)},
		"usable_after is negative (-1ns)":        {UsableAfter: durationpb.New(-1)},
	} {
		if _, err := CredentialFromProto(in); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestHeldAndEnded(t *testing.T) {
	if HeldFromProto(HeldToProto(nil)) != nil {
		t.Error("nothing held became something")
	}
	held := &sdk.Held{Value: []byte(`{}`), MadeBy: "1.0.0"}
	if diff := cmp.Diff(held, HeldFromProto(HeldToProto(held))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	ended := sdk.Result{NotAtVendor: true, Text: "dies by itself"}
	if diff := cmp.Diff(ended, EndedFromProto(EndedToProto(ended))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProblems(t *testing.T) {
	in := []sdk.Problem{{Path: []string{"a", "0"}, Summary: "s\xff", Detail: "d", Warning: true}}
	want := []sdk.Problem{{Path: []string{"a", "0"}, Summary: "s\ufffd", Detail: "d", Warning: true}}
	if diff := cmp.Diff(want, ProblemsFromProto(ProblemsToProto(in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestVersionProblem(t *testing.T) {
	for version, want := range map[int]string{
		1: "",
		2: "speaks protocol version 2, this authrun speaks version 1: upgrade authrun",
		0: "speaks protocol version 0, this authrun speaks version 1: upgrade the plugin",
	} {
		if got := VersionProblem(version); got != want {
			t.Errorf("%d: got %q, want %q", version, got, want)
		}
	}
}
