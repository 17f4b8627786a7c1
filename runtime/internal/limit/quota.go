package limit

import (
	"fmt"
	"sort"
	"time"
	_ "time/tzdata" // A host without time zones must count as every other does.

	"github.com/authrun/authrun/sdk"
)

// Usage is how much of a quota is used up.
type Usage struct {
	Used  int
	Left  int       // at least 0
	Since time.Time // begin of the window, in the vendor's time zone
	Reset time.Time // when the next unit comes back: the window's end, or the oldest counted exchange's
}

// Used says how much of a quota its rows use up at now; the rows are as in [Counted].
func Used(q sdk.Quota, rows []Row, now time.Time) (Usage, error) {
	rows = monotonic(rows)
	return usage(q, rows, later(now, rows))
}

func usage(q sdk.Quota, rows []Row, now time.Time) (Usage, error) {
	since, end, err := window(q, now)
	if err != nil {
		return Usage{}, err
	}
	counting := within(rows, since)
	u := Usage{Used: len(counting), Left: max(0, q.Count-len(counting)), Since: since, Reset: end}
	if q.Sliding > 0 {
		u.Reset = now
		if len(counting) > 0 {
			u.Reset = counting[0].At.Add(q.Sliding)
		}
	}
	return u, nil
}

// fewLeft is how many units of a small quota a retry leaves for runs that are not retries.
const fewLeft = 2

// judgeQuota asks for one unit, and for more to be left where the exchange could be done without. Force changes nothing: what is used up
// is used up.
func judgeQuota(ask Ask, now time.Time, l sdk.Limit, rows []Row) (Verdict, error) {
	q := *l.Quota
	u, err := usage(q, rows, now)
	if err != nil {
		return Verdict{}, err
	}
	need, why := 1, ""
	if ask.Early {
		need, why = 2, "; the last one is kept for when the credential has died"
	}
	if ask.Retry && q.Count < fewUnits {
		need, why = fewLeft+1, fmt.Sprintf("; a retry leaves the last %d alone", fewLeft)
	}
	if half := q.Count/2 + 1; ask.Retry && ask.Sent && half > need {
		need, why = half, "; what may have reached the vendor is tried again only while more than half is left"
	}
	if ask.More > 0 && ask.More < q.Count {
		need, why = need+ask.More, why+fmt.Sprintf("; this takes up to %d", 1+ask.More)
	}
	counting := within(rows, u.Since)
	free := now // when the units are there
	switch {
	case u.Left >= need:
	case q.Sliding > 0:
		free = refilled(q, counting, now, need).In(u.Since.Location())
	default:
		free = u.Reset
	}
	until := spread(ask, q, counting, u, need, free)
	if !now.Before(until) {
		return Verdict{}, nil
	}
	reason := fmt.Sprintf("%d of %d calls are used since %s (limit %q)%s. More are possible from %s.", u.Used, q.Count, moment(u.Since), l.Name,
		why, moment(until))
	if u.Left >= need {
		reason = fmt.Sprintf("%d of %d calls are used since %s (limit %q), and the last one failed. Those that are left are spread over the time "+
			"until there are more; --force makes one now.", u.Used, q.Count, moment(u.Since), l.Name)
	}
	return Verdict{Answer: Refuse, Class: sdk.QuotaExhausted, Wait: until.Sub(now), Until: until, Reason: reason, Kept: u.Left > 0}, nil
}

// refilled is when so many units of a sliding quota are left, if nothing else is sent.
func refilled(q sdk.Quota, counting []Row, now time.Time, need int) time.Time {
	gone := len(counting) - (q.Count - need) // So many must have slid out of the window.
	if gone > len(counting) {                // The quota never has so many.
		return now.Add(q.Sliding)
	}
	return counting[gone-1].At.Add(q.Sliding)
}

// within are the rows that a window counts which began at since. A window is open at its other end: rows are never later than now.
func within(rows []Row, since time.Time) []Row {
	return rows[sort.Search(len(rows), func(i int) bool { return !rows[i].At.Before(since) }):]
}

// window is the window of q that now lies in: from since, included, to end. A sliding one begins just after what has slid out of it.
func window(q sdk.Quota, now time.Time) (since, end time.Time, err error) {
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		return since, end, err
	}
	now = now.In(zone)
	if q.Sliding > 0 {
		return now.Add(-q.Sliding + 1), now, nil
	}
	year, month, day := now.Date()
	switch q.Per {
	case sdk.CalendarHour:
		into := time.Duration(now.Minute())*time.Minute + time.Duration(now.Second())*time.Second + time.Duration(now.Nanosecond())
		return now.Add(-into), now.Add(time.Hour - into), nil
	case sdk.CalendarDay:
		return midnight(year, month, day, zone), midnight(year, month, day+1, zone), nil
	case sdk.CalendarMonth:
		return midnight(year, month, 1, zone), midnight(year, month+1, 1, zone), nil
	}
	return since, end, fmt.Errorf("its window %q is none of the calendar", q.Per)
}

// midnight is the first moment of a day. There are zones where the clock is put forward at midnight, so that the day begins at one, and such
// where it is put back to midnight, so that there are two.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	noon := time.Date(year, month, day, 12, 0, 0, 0, zone)
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if t.Day() != noon.Day() {
		_, t = t.ZoneBounds()
	}
	if hour := t.Add(-time.Hour); hour.Day() == noon.Day() {
		t = hour
	}
	return t
}

// Since is the earliest time of which a limit needs to know at now; zero: of all.
func Since(l sdk.Limit, now time.Time) (time.Time, error) {
	switch {
	case l.Quota != nil:
		since, _, err := window(*l.Quota, now)
		return since, err
	case l.MinInterval > 0:
		return now.Add(-l.MinInterval), nil
	}
	return time.Time{}, nil
}
