package limit

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

// vendor counts what reaches it by its own clock, which is never wrong, and by its own code.
type vendor struct {
	quota    sdk.Quota
	interval time.Duration
	lockout  sdk.Lockout
	calls    []time.Time
	refusals []time.Time // in a row
}

// call is an exchange that reached the vendor; what it says about it, if anything.
func (v *vendor) call(now time.Time, refuse bool) error {
	if n := len(v.calls); n > 0 && now.Sub(v.calls[n-1]) < v.interval {
		return fmt.Errorf("%s after the last call", now.Sub(v.calls[n-1]))
	}
	v.calls = append(v.calls, now)
	used := 0
	for _, c := range v.calls {
		if v.counts(c, now) {
			used++
		}
	}
	if used > v.quota.Count {
		return fmt.Errorf("%d calls of %d", used, v.quota.Count)
	}
	if !refuse {
		v.refusals = nil
		return nil
	}
	v.refusals = append(v.refusals, now)
	if n := len(v.refusals) - v.lockout.Refusals; n >= 0 && now.Sub(v.refusals[n]) < v.lockout.Hold {
		return fmt.Errorf("%d refusals within %s", v.lockout.Refusals, now.Sub(v.refusals[n]))
	}
	return nil
}

func (v *vendor) counts(call, now time.Time) bool {
	if v.quota.Sliding > 0 {
		return now.Sub(call) < v.quota.Sliding
	}
	shanghai := time.FixedZone("", 8*3600)
	call, now = call.In(shanghai), now.In(shanghai)
	return call.Year() == now.Year() && call.Month() == now.Month() && (v.quota.Per == sdk.CalendarMonth || call.Day() == now.Day())
}

// Whoever asks before every call, as often as he likes and at any time, never reaches a limit of the vendor, however calls end and however
// often the answer is lost. What Judge says of later is true: a wait is the last one, and what is refused goes at its time and no sooner.
func TestJudgeNeverReachesALimit(t *testing.T) {
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 0))
		v := &vendor{
			quota:    sdk.Quota{Count: 1 + r.IntN(12), Per: []sdk.Calendar{sdk.CalendarDay, sdk.CalendarMonth}[r.IntN(2)], Zone: "Asia/Shanghai"},
			interval: time.Duration(1+r.IntN(90)) * time.Second,
			lockout:  sdk.Lockout{Refusals: 2 + r.IntN(4), Hold: time.Duration(1+r.IntN(60)) * time.Minute},
		}
		if r.IntN(2) == 0 {
			v.quota.Per, v.quota.Sliding = "", time.Duration(1+r.IntN(48))*time.Hour
		}
		var rows []Row
		counted := func() (all []Counted) {
			for _, l := range []sdk.Limit{{Name: "quota", Quota: &v.quota}, {Name: "interval", MinInterval: v.interval}, {Name: "lockout", Lockout: &v.lockout}} {
				all = append(all, Counted{l, rows})
			}
			return all
		}
		judge := func(now time.Time) Verdict {
			verdict, err := Judge(Ask{Now: now, Operation: sdk.OpAcquire}, counted())
			if err != nil {
				t.Fatal(err)
			}
			return verdict
		}
		now := midday.Add(time.Duration(r.Int64N(int64(60 * 24 * time.Hour))))
		for range 300 {
			now = now.Add(pause(r))
			verdict := judge(now)
			if verdict.Answer != Go {
				if before := judge(verdict.Until.Add(-1)); before.Answer == Go {
					t.Fatalf("seed %d: until %s, and yet it goes a nanosecond before: %s", seed, verdict.Until, verdict.Reason)
				}
				if after := judge(verdict.Until); after.Limit == verdict.Limit {
					t.Fatalf("seed %d: until %s, and then %s", seed, verdict.Until, after.Reason)
				}
				continue
			}
			refuse := r.IntN(3) > 0
			row := Row{At: now, Outcome: ok, Status: 200}
			if refuse {
				row.Outcome = bad
			}
			if r.IntN(4) == 0 { // The process died, or the answer was lost.
				row.Outcome, row.Status = "", 0
			}
			rows = append(rows, row)
			if err := v.call(now, refuse); err != nil {
				t.Fatalf("seed %d: the vendor's limit is reached at %s: %v", seed, now, err)
			}
		}
		if len(rows) == 0 {
			t.Fatalf("seed %d: nothing was ever sent", seed)
		}
	}
}

// pause is a random time between two asks: from moments to days.
func pause(r *rand.Rand) time.Duration {
	scale := []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour}[r.IntN(4)]
	return time.Duration(r.Int64N(int64(2 * scale)))
}

// A clock that jumps makes the gate no more generous: in whatever order its times come, no window of the times that count has more than its
// units, and no wait is longer than an interval.
func TestJudgeWithAJumpingClock(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		q := sdk.Quota{Count: 1 + r.IntN(10), Sliding: time.Duration(1+r.IntN(48)) * time.Hour}
		gap := time.Duration(1+r.IntN(50)) * time.Second
		var rows []Row
		now := midday
		for range 200 {
			now = now.Add(pause(r))
			if r.IntN(10) == 0 {
				now = now.Add(-10 * pause(r))
			}
			verdict, err := Judge(Ask{Now: now, Operation: sdk.OpAcquire},
				[]Counted{{sdk.Limit{Name: "quota", Quota: &q}, rows}, {sdk.Limit{Name: "interval", MinInterval: gap}, rows}})
			if err != nil {
				t.Fatal(err)
			}
			if verdict.Answer == Wait && verdict.Wait > gap {
				t.Fatalf("seed %d: a wait of %s for an interval of %s", seed, verdict.Wait, gap)
			}
			if verdict.Answer == Go {
				rows = append(rows, Row{At: now, Outcome: ok, Status: 200})
			}
		}
		var counts []time.Time // the times that count
		for i, row := range rows {
			at := row.At
			if i > 0 && at.Before(counts[i-1]) {
				at = counts[i-1]
			}
			counts = append(counts, at)
			if n := i - q.Count; n >= 0 && at.Sub(counts[n]) < q.Sliding {
				t.Fatalf("seed %d: %d calls within %s", seed, q.Count+1, at.Sub(counts[n]))
			}
		}
	}
}
