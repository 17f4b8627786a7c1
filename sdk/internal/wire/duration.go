package wire

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
)

// durationToProto is d on the wire, absent where it is 0.
func durationToProto(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

// durationFromProto is d, 0 where it is absent. It refuses negative ones and those that break the rules of the type; what is longer than
// Go can hold (292 years) becomes the longest that Go can.
func durationFromProto(what string, d *durationpb.Duration) (time.Duration, error) {
	if d == nil {
		return 0, nil
	}
	if err := d.CheckValid(); err != nil {
		return 0, fmt.Errorf("%s is not a valid duration", what)
	}
	if d.Seconds < 0 || d.Nanos < 0 {
		return 0, fmt.Errorf("%s is negative (%s)", what, d.AsDuration())
	}
	return d.AsDuration(), nil
}
