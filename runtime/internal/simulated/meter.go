package simulated

import (
	"slices"
	"time"
	_ "time/tzdata" // a vendor's month begins at the same time on every machine

	"github.com/authrun/authrun/sdk"
)

// meter is the vendor's own count of the calls that one of its limits is about. It shares no code with those who are to keep the limit.
type meter struct {
	limit sdk.Limit
	zone  *time.Location
	calls map[string][]time.Time // that still matter, by whose limit it is
	peak  int                    // the most calls that there were in one window
}

func newMeter(l sdk.Limit) *meter {
	m := &meter{limit: l, zone: time.UTC, calls: map[string][]time.Time{}}
	if l.Quota != nil {
		if zone, err := time.LoadLocation(l.Quota.Zone); err == nil {
			m.zone = zone
		}
	}
	return m
}

// counts tells whether calls of an operation count.
func (m *meter) counts(op sdk.Operation) bool {
	return slices.Contains(m.limit.Counts, op) || len(m.limit.Counts) == 0 && op == sdk.OpAcquire
}

// call counts a call, and tells whether the limit allows it. A lock-out is about refusals, of which there are none here.
func (m *meter) call(scope string, now time.Time) bool {
	matter := slices.DeleteFunc(m.calls[scope], func(before time.Time) bool { return !m.together(before, now) })
	m.calls[scope] = append(matter, now)
	m.peak = max(m.peak, len(matter)+1)
	switch {
	case m.limit.Quota != nil:
		return len(matter) < m.limit.Quota.Count
	case m.limit.MinInterval > 0:
		return len(matter) == 0
	}
	return true
}

// together tells whether two calls are in one window of the limit.
func (m *meter) together(before, now time.Time) bool {
	switch q := m.limit.Quota; {
	case q == nil:
		return now.Sub(before) < m.limit.MinInterval
	case q.Sliding > 0:
		return now.Sub(before) < q.Sliding
	default:
		layout := map[sdk.Calendar]string{sdk.CalendarHour: "2006-01-02 15", sdk.CalendarDay: time.DateOnly, sdk.CalendarMonth: "2006-01"}[q.Per]
		return before.In(m.zone).Format(layout) == now.In(m.zone).Format(layout)
	}
}
