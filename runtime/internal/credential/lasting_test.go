package credential

import (
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

func TestLasting(t *testing.T) {
	const day = 24 * time.Hour
	for want, d := range map[string]time.Duration{
		"60d": 60 * day, "1d12h": 36 * time.Hour, "30d1s": 30*day + time.Second, "30m": 30 * time.Minute, "12h": 12 * time.Hour, "10h": 10 * time.Hour,
		"1h59m59s": 2*time.Hour - time.Second, "1h30m": 90 * time.Minute, "1h0m5s": time.Hour + 5*time.Second, "10s": 10 * time.Second,
		"500ms": 500 * time.Millisecond, "2s": 1999 * time.Millisecond, "0s": 0,
	} {
		if got := lasting(d); got != want {
			t.Errorf("%s is written %q; want %q", d, got, want)
		}
		if back, err := sdk.ParseDuration(want); err != nil || back != d && d%time.Second == 0 {
			t.Errorf("%q is read as %s, %v", want, back, err)
		}
	}
}
