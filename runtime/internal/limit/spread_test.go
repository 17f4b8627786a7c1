package limit

import (
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

// failures asks every minute until until, and the vendor is down whenever it is called. It gives when it was called.
func failures(t *testing.T, l sdk.Limit, now, until time.Time) (calls []time.Time) {
	t.Helper()
	var rows []Row
	for ; now.Before(until); now = now.Add(time.Minute) {
		v, err := Judge(Ask{Now: now, Operation: sdk.OpAcquire}, []Counted{{l, rows}})
		if err != nil {
			t.Fatal(err)
		}
		if v.Answer == Go {
			rows = append(rows, Row{At: now, Outcome: string(sdk.Unavailable), Status: 503})
			calls = append(calls, now)
		}
	}
	return calls
}

// TestOutageLeavesUnits shows that a month's ten calls outlast an outage: half of them go at once, the others over days.
func TestOutageLeavesUnits(t *testing.T) {
	begin := at(t, "2026-12-04T00:00:00Z")
	monthly := sdk.Limit{Name: "monthly", Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarMonth}}
	for _, c := range []struct {
		after time.Duration
		calls int
	}{{time.Hour, 6}, {5 * time.Hour, 7}, {24 * time.Hour, 8}, {3 * 24 * time.Hour, 9}, {9 * 24 * time.Hour, 10}} {
		if calls := failures(t, monthly, begin, begin.Add(c.after)); len(calls) != c.calls {
			t.Errorf("an outage of %s makes %d calls, at %s; want %d", c.after, len(calls), calls, c.calls)
		}
	}
	if calls := failures(t, sdk.Limit{Quota: &sdk.Quota{Count: 100, Per: sdk.CalendarMonth}}, begin, begin.Add(time.Hour)); len(calls) != 60 {
		t.Errorf("a quota of a hundred makes %d calls in an hour; it is not a small one", len(calls))
	}
}

func TestJudgeSpread(t *testing.T) {
	now := at(t, "2026-12-16T00:00:00Z")
	month := sdk.Quota{Count: 4, Per: sdk.CalendarMonth}
	day := sdk.Quota{Count: 4, Sliding: 24 * time.Hour}
	row := func(ago time.Duration, outcome string) Row {
		return Row{At: now.Add(-ago), Outcome: outcome, Status: 200}
	}
	down, h := string(sdk.Unavailable), time.Hour
	for _, c := range []struct {
		name  string
		quota sdk.Quota
		ask   Ask
		rows  []Row
		until string // "": it goes
	}{
		{"more than half is left", month, Ask{}, []Row{row(0, down)}, ""},
		{"two are left", month, Ask{}, []Row{row(h, down), row(0, down)}, "2026-12-17T00:00:00Z"},
		{"one is left", month, Ask{}, []Row{row(2*h, down), row(h, down), row(0, down)}, "2026-12-20T00:00:00Z"},
		{"a person knows better", month, Ask{Force: true}, []Row{row(h, down), row(0, down)}, ""},
		{"a success", month, Ask{}, []Row{row(h, down), row(0, "ok")}, ""},
		{"a refused secret was mended", month, Ask{}, []Row{row(h, down), row(0, string(sdk.InvalidCredentials))}, ""},
		{"a step of this operation", month, Ask{}, []Row{row(h, down), {At: now, Outcome: "ok", Step: true}}, ""},
		{"another process is at it", month, Ask{}, []Row{row(h, "ok"), row(0, "")}, ""},
		{"killed again and again", month, Ask{}, []Row{row(h, ""), row(0, "")}, "2026-12-17T00:00:00Z"},
		{"failures of last month", month, Ask{}, []Row{row(400*h, down), row(390*h, down), row(380*h, down)}, ""},
		{"sliding", day, Ask{}, []Row{row(h, down), row(0, down)}, "2026-12-16T01:30:00Z"},
		{"sliding, and one comes back", day, Ask{}, []Row{row(22*h, "ok"), row(h, down), row(0, down)}, "2026-12-16T02:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.ask.Now, c.ask.Operation = now, sdk.OpAcquire
			l := sdk.Limit{Name: "few", Quota: &c.quota}
			v, err := Judge(c.ask, []Counted{{l, c.rows}})
			if err != nil {
				t.Fatal(err)
			}
			if c.until == "" {
				if v.Answer != Go {
					t.Errorf("it is refused: %s", v.Reason)
				}
				return
			}
			if want := at(t, c.until); v.Answer != Refuse || v.Class != sdk.QuotaExhausted || !v.Until.Equal(want) || v.Wait != want.Sub(now) {
				t.Errorf("it is %+v; want it refused until %s", v, want)
			}
		})
	}
}
