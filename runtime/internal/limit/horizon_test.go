package limit

import (
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

func TestHorizon(t *testing.T) {
	const day = 24 * time.Hour
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	monthly := sdk.Limit{Name: "monthly", Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"}}
	hourly := sdk.Limit{Name: "hourly", Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarHour}}
	sliding := sdk.Limit{Name: "sliding", Quota: &sdk.Quota{Count: 10, Sliding: 90 * day}}
	interval := sdk.Limit{Name: "interval", MinInterval: 2 * day}
	lockout := sdk.Limit{Name: "lockout", Lockout: &sdk.Lockout{Refusals: 5, Hold: 24 * time.Hour}}
	ofRenew := sliding
	ofRenew.Counts = []sdk.Operation{sdk.OpRenew}
	for _, c := range []struct {
		name   string
		limits []sdk.Limit
		want   time.Duration
	}{
		{"no limit", nil, 0},
		{"none that counts the operation", []sdk.Limit{ofRenew}, 0},
		{"a month", []sdk.Limit{monthly}, 35 * day},
		{"an hour", []sdk.Limit{hourly}, 35 * day},
		{"sliding", []sdk.Limit{sliding}, 125 * day},
		{"an interval", []sdk.Limit{interval}, 37 * day},
		{"a lock-out", []sdk.Limit{lockout}, 367 * day},
		{"the longest of several", []sdk.Limit{monthly, sliding, hourly, ofRenew}, 125 * day},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Horizon(c.limits, sdk.OpAcquire, now).Sub(now); got != c.want {
				t.Errorf("a row is needed for %s, want %s", got, c.want)
			}
		})
	}
}

// TestHorizonReachesBeyondWhatLimitsAsk shows for each kind of limit with a window that whatever it counts is needed for as long as it asks for it.
func TestHorizonReachesBeyondWhatLimitsAsk(t *testing.T) {
	limits := []sdk.Limit{
		{Name: "month", Quota: &sdk.Quota{Count: 1, Per: sdk.CalendarMonth, Zone: "Pacific/Kiritimati"}},
		{Name: "day", Quota: &sdk.Quota{Count: 1, Per: sdk.CalendarDay, Zone: "America/Sao_Paulo"}},
		{Name: "hour", Quota: &sdk.Quota{Count: 1, Per: sdk.CalendarHour}},
		{Name: "sliding", Quota: &sdk.Quota{Count: 1, Sliding: 400 * 24 * time.Hour}},
		{Name: "interval", MinInterval: 100 * 24 * time.Hour},
	}
	begun := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, l := range limits {
		needed := Horizon([]sdk.Limit{l}, sdk.OpAcquire, begun)
		for now := begun; now.Before(begun.AddDate(2, 0, 0)); now = now.Add(7 * time.Hour) {
			since, err := Since(l, now)
			if err != nil {
				t.Fatal(err)
			}
			if !begun.Before(since) && !now.Before(needed) {
				t.Fatalf("%s: at %s it asks for rows since %s, and one of %s is not needed after %s", l.Name, now, since, begun, needed)
			}
		}
	}
}
