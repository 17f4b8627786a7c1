package limit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// rowsAt are rows at so many seconds after midnight, of an outcome each.
func rowsAt(rows ...any) (all []Row) {
	for i := 0; i < len(rows); i += 2 {
		r := Row{At: midday.Add(time.Duration(rows[i].(int)) * time.Second), Outcome: rows[i+1].(string), Status: 200}
		if r.Outcome == "" || r.Outcome == "lost" {
			r.Status = 0
		}
		if r.Outcome == "lost" {
			r.Outcome = string(sdk.Unavailable)
		}
		all = append(all, r)
	}
	return all
}

var midday = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// times are n rows with an outcome, a second apart, from midday on.
func times(n int, outcome string) (all []Row) {
	for i := range n {
		all = append(all, rowsAt(i, outcome)...)
	}
	return all
}

// steps are exchanges, at so many seconds after midday, that were answered and did not end their operation.
func steps(seconds ...int) (all []Row) {
	for _, n := range seconds {
		r := rowsAt(n, ok)
		r[0].Step = true
		all = append(all, r...)
	}
	return all
}

const (
	ok          = "ok"
	bad         = string(sdk.InvalidCredentials)
	unavailable = string(sdk.Unavailable)
	locked      = string(sdk.LockedOut)
)

func quota(count int) sdk.Limit {
	return sdk.Limit{Name: "monthly", Quota: &sdk.Quota{Count: count, Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"}}
}

func sliding(count int) sdk.Limit {
	return sdk.Limit{Name: "sliding", Quota: &sdk.Quota{Count: count, Sliding: time.Hour}}
}

func interval(d time.Duration) sdk.Limit { return sdk.Limit{Name: "interval", MinInterval: d} }

func lockout() sdk.Limit {
	return sdk.Limit{Name: "lockout", Lockout: &sdk.Lockout{Refusals: 5, Hold: 10 * time.Minute}}
}

func TestJudge(t *testing.T) {
	april := time.Date(2026, 3, 31, 16, 0, 0, 0, time.UTC)
	second := func(n int) time.Time { return midday.Add(time.Duration(n) * time.Second) }
	for _, c := range []struct {
		name  string
		limit sdk.Limit
		rows  []Row
		at    int // seconds after midday
		ask   Ask
		want  Answer
		class sdk.Class
		until time.Time
	}{
		{"quota: nothing used", quota(10), nil, 0, Ask{}, Go, "", time.Time{}},
		{"quota: the last one", quota(10), times(9, ok), 20, Ask{}, Go, "", time.Time{}},
		{"quota: used up", quota(10), times(10, ok), 20, Ask{}, Refuse, sdk.QuotaExhausted, april},
		{"quota: failures count", quota(10), times(10, unavailable), 20, Ask{}, Refuse, sdk.QuotaExhausted, april},
		{"quota: what nobody knows of counts", quota(10), times(10, ""), 20, Ask{}, Refuse, sdk.QuotaExhausted, april},
		{"quota: force passes no quota", quota(10), times(10, ok), 20, Ask{Force: true}, Refuse, sdk.QuotaExhausted, april},
		{"quota: a new month", quota(10), times(10, ok), 22 * 24 * 3600, Ask{}, Go, "", time.Time{}},
		{"quota: another operation", quota(10), times(10, ok), 20, Ask{Operation: sdk.OpRevoke}, Go, "", time.Time{}},
		{"quota: early leaves the last one", quota(10), times(9, ok), 20, Ask{Early: true}, Refuse, sdk.QuotaExhausted, april},
		{"quota: early with two left", quota(10), times(8, ok), 20, Ask{Early: true}, Go, "", time.Time{}},
		{"quota: the steps that follow must fit in", quota(10), times(9, ok), 20, Ask{More: 1}, Refuse, sdk.QuotaExhausted, april},
		{"quota: and fit in", quota(10), times(8, ok), 20, Ask{More: 1}, Go, "", time.Time{}},
		{"quota: more steps than it has units at all", quota(2), nil, 20, Ask{More: 2}, Go, "", time.Time{}},
		{"quota: a retry leaves the last two", quota(10), times(8, ok), 20, Ask{Retry: true}, Refuse, sdk.QuotaExhausted, april},
		{"quota: a retry with three left", quota(10), times(7, ok), 20, Ask{Retry: true}, Go, "", time.Time{}},
		{"quota: a retry of what was sent at half", quota(10), times(5, ok), 20, Ask{Retry: true, Sent: true}, Refuse, sdk.QuotaExhausted, april},
		{"quota: a retry of what was sent above half", quota(10), times(4, ok), 20, Ask{Retry: true, Sent: true}, Go, "", time.Time{}},
		{"large quota: a retry takes the last one", quota(100), times(99, ok), 100, Ask{Retry: true}, Go, "", time.Time{}},
		{"large quota: but not of what was sent", quota(100), times(50, ok), 100, Ask{Retry: true, Sent: true}, Refuse, sdk.QuotaExhausted, april},
		{"quota of none", quota(0), nil, 0, Ask{}, Refuse, sdk.QuotaExhausted, april},
		{"quota: a clock put back to last month", quota(10), times(10, ok), -15 * 24 * 3600, Ask{}, Refuse, sdk.QuotaExhausted, april},
		{"quota: calls after one from the future count in its month", quota(10), append(rowsAt(365*24*3600, ok), times(9, ok)...), 20, Ask{},
			Refuse, sdk.QuotaExhausted, april.AddDate(1, 0, 0)},

		{"sliding: used up", sliding(3), times(3, ok), 10, Ask{}, Refuse, sdk.QuotaExhausted, second(3600)},
		{"sliding: the first is out", sliding(3), times(3, ok), 3600, Ask{}, Go, "", time.Time{}},
		{"sliding: a nanosecond is not enough", sliding(3), times(3, ok), 3599, Ask{}, Refuse, sdk.QuotaExhausted, second(3600)},
		{"sliding: early wants two out", sliding(3), times(3, ok), 10, Ask{Early: true}, Refuse, sdk.QuotaExhausted, second(3601)},
		{"sliding: a retry wants all out", sliding(3), times(3, ok), 10, Ask{Retry: true}, Refuse, sdk.QuotaExhausted, second(3602)},
		{"sliding: more than there ever are", sliding(1), nil, 10, Ask{Retry: true}, Refuse, sdk.QuotaExhausted, second(3610)},

		{"interval: the first", interval(5 * time.Second), nil, 0, Ask{}, Go, "", time.Time{}},
		{"interval: too soon", interval(5 * time.Second), rowsAt(0, ok), 2, Ask{}, Wait, "", second(5)},
		{"interval: after a failure, too", interval(5 * time.Second), rowsAt(0, unavailable), 2, Ask{}, Wait, "", second(5)},
		{"interval: after one under way, too", interval(5 * time.Second), rowsAt(0, ""), 2, Ask{}, Wait, "", second(5)},
		{"interval: with force, too", interval(5 * time.Second), rowsAt(0, ok), 2, Ask{Force: true}, Wait, "", second(5)},
		{"interval: over", interval(5 * time.Second), rowsAt(0, ok), 5, Ask{}, Go, "", time.Time{}},
		{"interval: the last one tells", interval(5 * time.Second), rowsAt(0, ok, 3, ok), 6, Ask{}, Wait, "", second(8)},
		{"interval: a clock put back waits no longer", interval(5 * time.Second), rowsAt(3600, ok), 0, Ask{}, Wait, "", second(5)},
		{"interval: and waits once", interval(5 * time.Second), rowsAt(3600, ok), 5, Ask{Waited: 5 * time.Second}, Go, "", time.Time{}},
		{"interval: of a minute", interval(time.Minute), rowsAt(0, ok), 0, Ask{}, Wait, "", second(60)},
		{"interval: too long to wait", interval(time.Hour), rowsAt(0, ok), 60, Ask{}, Refuse, sdk.RateLimited, second(3600)},
		{"interval: soon enough", interval(time.Hour), rowsAt(0, ok), 3540, Ask{}, Wait, "", second(3600)},

		{"lock-out: none", lockout(), nil, 0, Ask{}, Go, "", time.Time{}},
		{"lock-out: three refusals", lockout(), times(3, bad), 5, Ask{}, Go, "", time.Time{}},
		{"lock-out: one short of the vendor's", lockout(), times(4, bad), 5, Ask{}, Refuse, sdk.LockedOut, second(603)},
		{"lock-out: force passes it", lockout(), times(4, bad), 5, Ask{Force: true}, Go, "", time.Time{}},
		{"lock-out: over", lockout(), times(4, bad), 603, Ask{}, Go, "", time.Time{}},
		{"lock-out: the one try after it is under way", lockout(), append(times(4, bad), rowsAt(700, "")...), 701, Ask{}, Refuse, sdk.LockedOut, second(1300)},
		{"lock-out: and was refused", lockout(), append(times(4, bad), rowsAt(700, bad)...), 701, Ask{}, Refuse, sdk.LockedOut, second(1300)},
		{"lock-out: and worked", lockout(), append(times(4, bad), rowsAt(700, ok)...), 701, Ask{}, Go, "", time.Time{}},
		{"lock-out: a success ends the row", lockout(), append(times(3, bad), rowsAt(4, ok, 5, bad, 6, bad, 7, bad)...), 8, Ask{}, Go, "", time.Time{}},
		{"lock-out: what nobody knows of counts", lockout(), times(4, ""), 5, Ask{}, Refuse, sdk.LockedOut, second(603)},
		{"lock-out: and what got no answer", lockout(), times(4, "lost"), 5, Ask{}, Refuse, sdk.LockedOut, second(603)},
		{"lock-out: and what a plugin could not tell", lockout(), times(4, "plugin"), 5, Ask{}, Refuse, sdk.LockedOut, second(603)},
		{"lock-out: and what made no sense", lockout(), times(4, string(sdk.MalformedAnswer)), 5, Ask{}, Refuse, sdk.LockedOut, second(603)},
		{"lock-out: a step on the way is no refusal", lockout(), append(times(3, bad), steps(4)...), 5, Ask{}, Go, "", time.Time{}},
		{"lock-out: and no success", lockout(), append(times(3, bad), append(steps(4), rowsAt(5, bad)...)...), 6, Ask{}, Refuse, sdk.LockedOut, second(605)},
		{"lock-out: a vendor out of order refuses nobody", lockout(), times(9, unavailable), 5, Ask{}, Go, "", time.Time{}},
		{"lock-out: and does not end the row", lockout(), append(times(3, bad), rowsAt(4, unavailable, 5, bad)...), 6, Ask{}, Refuse, sdk.LockedOut, second(605)},
		{"lock-out: the vendor says so", lockout(), rowsAt(0, locked), 5, Ask{}, Refuse, sdk.LockedOut, second(600)},
		{"lock-out: and was out of order then", lockout(), rowsAt(0, locked, 1, unavailable), 5, Ask{}, Refuse, sdk.LockedOut, second(600)},
		{"lock-out: a clock put back", lockout(), times(4, bad), -3600, Ask{}, Refuse, sdk.LockedOut, second(-3600 + 600)},
		{"lock-out: at the first refusal", sdk.Limit{Lockout: &sdk.Lockout{Refusals: 1, Hold: time.Minute}}, times(1, bad), 1, Ask{}, Refuse, sdk.LockedOut, second(60)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.ask.Operation == "" {
				c.ask.Operation = sdk.OpAcquire
			}
			c.ask.Now = second(c.at)
			got, err := Judge(c.ask, []Counted{{c.limit, c.rows}})
			if err != nil {
				t.Fatal(err)
			}
			if got.Answer != c.want || got.Class != c.class || !got.Until.Equal(c.until) {
				t.Fatalf("%+v, want answer %d, class %q, until %s", got, c.want, c.class, c.until)
			}
			if got.Answer == Go {
				if got != (Verdict{}) {
					t.Errorf("go, and yet %+v", got)
				}
				return
			}
			if got.Limit != c.limit.Name || got.Wait <= 0 || !strings.HasSuffix(got.Reason, ".") {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestJudgeReasons(t *testing.T) {
	for _, c := range []struct {
		limit sdk.Limit
		rows  []Row
		ask   Ask
		want  string
	}{
		{quota(10), times(10, ok), Ask{}, `10 of 10 calls are used since 2026-03-01 00:00:00 +08:00 (limit "monthly"). ` +
			`More are possible from 2026-04-01 00:00:00 +08:00.`},
		{quota(10), times(9, ok), Ask{Early: true}, `9 of 10 calls are used since 2026-03-01 00:00:00 +08:00 (limit "monthly"); ` +
			`the last one is kept for when the credential has died. More are possible from 2026-04-01 00:00:00 +08:00.`},
		{interval(time.Minute), times(1, ok), Ask{}, `The vendor wants 1m0s between two calls (limit "interval").`},
		{interval(time.Hour), times(1, ok), Ask{}, `The vendor wants 1h0m0s between two calls (limit "interval"). ` +
			`The last was at 2026-03-10 12:00:00 +00:00; the next is possible at 2026-03-10 13:00:00 +00:00.`},
		{lockout(), times(4, bad), Ask{}, `The vendor locks out after 5 refusals in a row, and there were 4; ` +
			`nothing is sent until 2026-03-10 12:10:03 +00:00 (limit "lockout").`},
		{lockout(), times(1, locked), Ask{}, `The vendor locked us out at 2026-03-10 12:00:00 +00:00; ` +
			`nothing is sent until 2026-03-10 12:10:00 +00:00 (limit "lockout").`},
	} {
		c.ask.Now, c.ask.Operation = midday.Add(10*time.Second), sdk.OpAcquire
		got, err := Judge(c.ask, []Counted{{c.limit, c.rows}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got.Reason); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

// Of several limits the one speaks that forbids for longest, and a refusal before a wait.
func TestJudgeSeveral(t *testing.T) {
	rows := times(4, bad)
	for want, limits := range map[string][]sdk.Limit{
		"":         {quota(10), interval(time.Second)},
		"interval": {quota(10), interval(10 * time.Second), {Name: "shorter", MinInterval: 8 * time.Second}},
		"lockout":  {interval(50 * time.Second), lockout(), {Name: "nothing"}},
		"monthly":  {lockout(), quota(4), interval(50 * time.Second)},
		"sliding":  {lockout(), sliding(4), interval(50 * time.Second)},
	} {
		var counted []Counted
		for _, l := range limits {
			counted = append(counted, Counted{l, rows})
		}
		got, err := Judge(Ask{Now: midday.Add(10 * time.Second), Operation: sdk.OpAcquire}, counted)
		if err != nil || got.Limit != want {
			t.Errorf("limit %q speaks (%v), want %q: %s", got.Limit, err, want, got.Reason)
		}
	}
}

func TestJudgeNonsense(t *testing.T) {
	l := sdk.Limit{Name: "monthly", Quota: &sdk.Quota{Count: 10, Per: sdk.CalendarMonth, Zone: "Mars/Olympus"}}
	got, err := Judge(Ask{Now: midday, Operation: sdk.OpAcquire}, []Counted{{l, nil}})
	if err == nil || got.Answer != Refuse || !strings.Contains(err.Error(), `"monthly"`) {
		t.Errorf("%+v, %v", got, err)
	}
}

// The rows belong to the caller.
func TestJudgeChangesNothing(t *testing.T) {
	rows := rowsAt(10, ok, 5, bad)
	before := fmt.Sprint(rows)
	if _, err := Judge(Ask{Now: midday, Operation: sdk.OpAcquire}, []Counted{{sliding(3), rows}}); err != nil || fmt.Sprint(rows) != before {
		t.Errorf("the rows were changed (%v)", err)
	}
}

func BenchmarkJudge(b *testing.B) {
	counted := []Counted{{quota(10), times(9, ok)}, {interval(time.Second), times(9, ok)}, {lockout(), times(9, ok)}}
	for b.Loop() {
		if _, err := Judge(Ask{Now: midday, Operation: sdk.OpAcquire}, counted); err != nil {
			b.Fatal(err)
		}
	}
}
