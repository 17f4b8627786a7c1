package limit

import (
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

func TestDefaultAttempts(t *testing.T) {
	quota := func(count int, counts ...sdk.Operation) sdk.Limit {
		return sdk.Limit{Name: "monthly", Counts: counts, Quota: &sdk.Quota{Count: count, Per: sdk.CalendarMonth}}
	}
	for _, c := range []struct {
		name   string
		limits []sdk.Limit
		op     sdk.Operation
		want   int
	}{
		{"no limits", nil, sdk.OpAcquire, 4},
		{"few units", []sdk.Limit{quota(10)}, sdk.OpAcquire, 1},
		{"99 units", []sdk.Limit{quota(99)}, sdk.OpAcquire, 1},
		{"100 units", []sdk.Limit{quota(100)}, sdk.OpAcquire, 4},
		{"another operation", []sdk.Limit{quota(10)}, sdk.OpRevoke, 4},
		{"an operation that it names", []sdk.Limit{quota(10, sdk.OpAcquire, sdk.OpRenew)}, sdk.OpRenew, 1},
		{"an operation that it does not name", []sdk.Limit{quota(10, sdk.OpRenew)}, sdk.OpAcquire, 4},
		{"the second of two", []sdk.Limit{quota(1000), quota(5)}, sdk.OpAcquire, 1},
		{"an interval", []sdk.Limit{{Name: "interval", MinInterval: time.Second}}, sdk.OpAcquire, 4},
		{"a lock-out", []sdk.Limit{{Name: "lockout", Lockout: &sdk.Lockout{Refusals: 5, Hold: time.Minute}}}, sdk.OpAcquire, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := DefaultAttempts(c.limits, c.op); got != c.want {
				t.Errorf("DefaultAttempts = %d, want %d", got, c.want)
			}
		})
	}
}
