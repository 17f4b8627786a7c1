package limit

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestWindow(t *testing.T) {
	for _, c := range []struct {
		name            string
		quota           sdk.Quota
		now, since, end string
	}{
		{"month in UTC", sdk.Quota{Per: sdk.CalendarMonth}, "2026-02-28T23:59:59.999Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"month that is another one in Shanghai", sdk.Quota{Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"}, "2026-02-28T16:00:00Z",
			"2026-03-01T00:00:00+08:00", "2026-04-01T00:00:00+08:00"},
		{"a nanosecond before", sdk.Quota{Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"}, "2026-02-28T15:59:59.999999999Z",
			"2026-02-01T00:00:00+08:00", "2026-03-01T00:00:00+08:00"},
		{"December", sdk.Quota{Per: sdk.CalendarMonth}, "2026-12-31T12:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"month with a change of the clock", sdk.Quota{Per: sdk.CalendarMonth, Zone: "Europe/Berlin"}, "2026-03-15T12:00:00Z",
			"2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"},
		{"day", sdk.Quota{Per: sdk.CalendarDay, Zone: "Asia/Shanghai"}, "2026-03-01T15:59:59Z", "2026-03-01T00:00:00+08:00", "2026-03-02T00:00:00+08:00"},
		{"day of 23 hours", sdk.Quota{Per: sdk.CalendarDay, Zone: "Europe/Berlin"}, "2026-03-29T12:00:00Z", "2026-03-29T00:00:00+01:00",
			"2026-03-30T00:00:00+02:00"},
		{"day that begins at one", sdk.Quota{Per: sdk.CalendarDay, Zone: "America/Sao_Paulo"}, "2018-11-04T12:00:00Z", "2018-11-04T01:00:00-02:00",
			"2018-11-05T00:00:00-02:00"},
		{"day that begins twice", sdk.Quota{Per: sdk.CalendarDay, Zone: "America/Havana"}, "2026-11-01T12:00:00Z", "2026-11-01T00:00:00-04:00",
			"2026-11-02T00:00:00-05:00"},
		{"hour", sdk.Quota{Per: sdk.CalendarHour}, "2026-03-01T15:59:59.5Z", "2026-03-01T15:00:00Z", "2026-03-01T16:00:00Z"},
		{"hour that begins at half past", sdk.Quota{Per: sdk.CalendarHour, Zone: "Asia/Kathmandu"}, "2026-03-01T15:14:59Z", "2026-03-01T14:15:00Z",
			"2026-03-01T15:15:00Z"},
		{"sliding", sdk.Quota{Sliding: time.Hour}, "2026-03-01T15:30:00Z", "2026-03-01T14:30:00.000000001Z", "2026-03-01T15:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			since, end, err := window(c.quota, at(t, c.now))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]time.Time{at(t, c.since), at(t, c.end)}, []time.Time{since, end}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	for _, q := range []sdk.Quota{{Per: sdk.CalendarDay, Zone: "Mars/Olympus"}, {Per: "week"}, {}} {
		if _, _, err := window(q, time.Unix(0, 0)); err == nil {
			t.Errorf("the window of %+v is no error", q)
		}
	}
}

// Windows of the calendar follow one another without a gap, in zones with every oddity there is.
func TestWindowsFollowOneAnother(t *testing.T) {
	for _, zone := range []string{"", "Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Africa/Cairo",
		"Atlantic/Azores", "Asia/Tehran", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "Asia/Amman"} {
		for _, per := range []sdk.Calendar{sdk.CalendarDay, sdk.CalendarMonth} {
			q := sdk.Quota{Per: per, Zone: zone}
			end := time.Date(2008, 1, 1, 12, 0, 0, 0, time.UTC)
			for n := range 5000 {
				now := end
				since, next, err := window(q, now)
				if err != nil {
					t.Fatal(err)
				}
				if since.After(now) || !next.After(now) || n > 0 && !since.Equal(end) {
					t.Fatalf("%s in %q: %s lies in the window from %s to %s, which follows one to %s", per, zone, now, since, next, end)
				}
				last := next.Add(-1)
				if from, to, err := window(q, last); err != nil || !from.Equal(since) || !to.Equal(next) {
					t.Fatalf("%s in %q: the window of %s begins at %s and ends at %s, that of %s at %s and %s", per, zone, now, since, next, last, from, to)
				}
				end = next
				if end.Year() > 2018 {
					break
				}
			}
		}
	}
}

func TestUsed(t *testing.T) {
	rows := []Row{{At: at(t, "2026-02-28T15:59:59Z")}, {At: at(t, "2026-02-28T16:00:00Z")}, {At: at(t, "2026-03-10T00:00:00Z"), Outcome: "ok"}}
	monthly := sdk.Quota{Count: 10, Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"}
	for _, c := range []struct {
		name  string
		quota sdk.Quota
		now   string
		want  Usage
	}{
		{"the month's", monthly, "2026-03-20T00:00:00Z",
			Usage{Used: 2, Left: 8, Since: at(t, "2026-03-01T00:00:00+08:00"), Reset: at(t, "2026-04-01T00:00:00+08:00")}},
		{"the next month's", monthly, "2026-04-20T00:00:00Z",
			Usage{Used: 0, Left: 10, Since: at(t, "2026-04-01T00:00:00+08:00"), Reset: at(t, "2026-05-01T00:00:00+08:00")}},
		{"a clock behind the ledger", monthly, "2025-12-20T00:00:00Z",
			Usage{Used: 2, Left: 8, Since: at(t, "2026-03-01T00:00:00+08:00"), Reset: at(t, "2026-04-01T00:00:00+08:00")}},
		{"more than there are", sdk.Quota{Count: 1, Per: sdk.CalendarMonth}, "2026-02-28T20:00:00Z",
			Usage{Used: 1, Left: 0, Since: at(t, "2026-03-01T00:00:00Z"), Reset: at(t, "2026-04-01T00:00:00Z")}},
		{"sliding", sdk.Quota{Count: 3, Sliding: 24 * time.Hour}, "2026-03-10T12:00:00Z",
			Usage{Used: 1, Left: 2, Since: at(t, "2026-03-09T12:00:00.000000001Z"), Reset: at(t, "2026-03-11T00:00:00Z")}},
		{"sliding, all out", sdk.Quota{Count: 3, Sliding: 24 * time.Hour}, "2026-03-11T00:00:00Z",
			Usage{Used: 0, Left: 3, Since: at(t, "2026-03-10T00:00:00.000000001Z"), Reset: at(t, "2026-03-11T00:00:00Z")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Used(c.quota, rows, at(t, c.now))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSince(t *testing.T) {
	now := at(t, "2026-03-10T12:00:00Z")
	for name, c := range map[string]struct {
		limit sdk.Limit
		want  time.Time
	}{
		"month":    {sdk.Limit{Quota: &sdk.Quota{Per: sdk.CalendarMonth}}, at(t, "2026-03-01T00:00:00Z")},
		"sliding":  {sdk.Limit{Quota: &sdk.Quota{Sliding: time.Hour}}, at(t, "2026-03-10T11:00:00.000000001Z")},
		"interval": {sdk.Limit{MinInterval: time.Second}, now.Add(-time.Second)},
		"lock-out": {sdk.Limit{Lockout: &sdk.Lockout{Refusals: 5, Hold: time.Minute}}, time.Time{}},
	} {
		if got, err := Since(c.limit, now); err != nil || !got.Equal(c.want) {
			t.Errorf("%s: since %v, %v; want %v", name, got, err, c.want)
		}
	}
}
