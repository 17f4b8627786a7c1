package sdk_test

import (
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

func TestParseDuration(t *testing.T) {
	const day = 24 * time.Hour
	for in, want := range map[string]time.Duration{
		"0s": 0, "0": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "30d": 30 * day, "1d12h": 36 * time.Hour, "0.5d": 12 * time.Hour,
		"-1d1h": -25 * time.Hour, "+2d": 2 * day, "1.5h": 90 * time.Minute, "106751d": 106751 * day,
	} {
		if got, err := sdk.ParseDuration(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "d", "5", "1h2d", "1d-2h", "1d+2h", "--1d", "-", "1dd", "1 d", "1e3d", "106752d", "999999999999999999999d", "1x", "one", ".d"} {
		if got, err := sdk.ParseDuration(in); err == nil {
			t.Errorf("%q: got %v, want an error", in, got)
		}
	}
}
