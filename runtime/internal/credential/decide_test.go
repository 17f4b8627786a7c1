package credential

import (
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestDecide walks through the table of a credential's life.
func TestDecide(t *testing.T) {
	hour := func(n float64) time.Time { return noon.Add(time.Duration(n * float64(time.Hour))) }
	lives := func(until time.Time) *store.Record {
		return &store.Record{Sealed: []byte("x"), IssuedAt: hour(-10), ExpiresAt: until}
	}
	renewable := func(until time.Time) *store.Record {
		r := lives(until)
		r.Renewable = true
		return r
	}
	for name, c := range map[string]struct {
		facts  Facts
		do     Do
		living bool
	}{
		"nothing stored":                   {Facts{}, Acquire, false},
		"only a failure stored":            {Facts{Record: &store.Record{}}, Acquire, false},
		"alive":                            {Facts{Record: lives(hour(5)), Window: time.Hour}, Reuse, true},
		"never expires":                    {Facts{Record: lives(time.Time{}), Window: time.Hour, MinLife: time.Hour}, Reuse, true},
		"expired this instant":             {Facts{Record: lives(noon)}, Acquire, false},
		"expired, renewable":               {Facts{Record: renewable(hour(-1)), Renews: true}, Acquire, false},
		"at the window's edge":             {Facts{Record: renewable(hour(1)), Renews: true, Window: time.Hour}, Renew, true},
		"in the window, not renewable":     {Facts{Record: lives(hour(1)), Renews: true, Window: time.Hour}, Acquire, true},
		"in the window, plugin can't":      {Facts{Record: renewable(hour(1)), Window: time.Hour}, Acquire, true},
		"less than asked for":              {Facts{Record: renewable(hour(2)), Renews: true, Window: time.Hour, MinLife: 3 * time.Hour}, Renew, true},
		"just as much as asked for":        {Facts{Record: renewable(hour(2)), Renews: true, Window: time.Hour, MinLife: 2 * time.Hour}, Reuse, true},
		"forced while it lives":            {Facts{Record: renewable(hour(9)), Renews: true, Forced: true}, Acquire, true},
		"forced when dead":                 {Facts{Record: lives(hour(-1)), Forced: true}, Acquire, false},
		"same token, not fresh yet":        {Facts{Record: lives(hour(1)), Window: 2 * time.Hour, Token: sdk.Token{Second: sdk.SameToken, FreshWithin: time.Minute}}, Reuse, true},
		"same token, a new one to be had":  {Facts{Record: lives(hour(1)), Window: 2 * time.Hour, Token: sdk.Token{Second: sdk.SameToken, FreshWithin: time.Hour}}, Acquire, true},
		"renewing is no longer possible":   {Facts{Record: until(renewable(hour(1)), hour(-1)), Renews: true, Window: time.Hour}, Acquire, true},
		"renewing is possible for a while": {Facts{Record: until(renewable(hour(1)), hour(1)), Renews: true, Window: time.Hour}, Renew, true},
	} {
		c.facts.Now = noon
		got := Decide(c.facts)
		if got.Do != c.do || got.Living != c.living {
			t.Errorf("%s: %s, living %t (%s); want %s, living %t", name, got.Do, got.Living, got.Reason, c.do, c.living)
		}
		if got.Reason == "" {
			t.Errorf("%s: no reason is given", name)
		}
	}
}

func until(r *store.Record, end time.Time) *store.Record {
	r.RenewUntil = end
	return r
}

// TestWindow shows that an explicit window is exact, that an unreasonable one is not taken, and that jitter only makes renewal earlier.
func TestWindow(t *testing.T) {
	for _, c := range []struct {
		life, explicit time.Duration
		seed           float64
		want           time.Duration
		reasonable     bool
	}{
		{10 * time.Hour, 0, 0, time.Hour, true},
		{10 * time.Hour, 0, 0.5, time.Hour + 3*time.Minute, true},
		{10 * time.Hour, 10 * time.Minute, 0.9, 10 * time.Minute, true},
		{10 * time.Hour, 9 * time.Hour, 0.9, 9 * time.Hour, true},
		{10 * time.Hour, 10 * time.Hour, 0, time.Hour, false},
		{365 * 24 * time.Hour, 0, 0, 24 * time.Hour, true},
	} {
		got, reasonable := Window(c.life, c.explicit, c.seed)
		if got != c.want || reasonable != c.reasonable {
			t.Errorf("Window(%s, %s, %v) = %s, %t; want %s, %t", c.life, c.explicit, c.seed, got, reasonable, c.want, c.reasonable)
		}
	}
}

// TestRetry shows which failures are tried again, and after which wait.
func TestRetry(t *testing.T) {
	r := Retry{Attempts: 4, MinDelay: 500 * time.Millisecond, MaxDelay: 3 * time.Second}
	for name, c := range map[string]struct {
		n     int
		err   error
		delay time.Duration
		again bool
	}{
		"vendor down, first":       {1, &sdk.Failure{Class: sdk.Unavailable}, 500 * time.Millisecond, true},
		"vendor down, second":      {2, &sdk.Failure{Class: sdk.Unavailable}, time.Second, true},
		"vendor down, third":       {3, &sdk.Failure{Class: sdk.Unavailable}, 2 * time.Second, true},
		"vendor down, last":        {4, &sdk.Failure{Class: sdk.Unavailable}, 0, false},
		"vendor says when":         {1, &sdk.Failure{Class: sdk.RateLimited, RetryAfter: 2 * time.Second}, 2 * time.Second, true},
		"vendor says much later":   {1, &sdk.Failure{Class: sdk.RateLimited, RetryAfter: time.Minute}, 0, false},
		"no sense":                 {1, &sdk.Failure{Class: sdk.MalformedAnswer}, 500 * time.Millisecond, true},
		"no sense again":           {2, &sdk.Failure{Class: sdk.MalformedAnswer}, 0, false},
		"refused":                  {1, &sdk.Failure{Class: sdk.InvalidCredentials}, 0, false},
		"quota":                    {1, &sdk.Failure{Class: sdk.QuotaExhausted}, 0, false},
		"our own refusal":          {1, storeFailed("write", &sdk.Failure{Class: sdk.Unavailable}), 0, false},
		"a fault that has no name": {1, errFault, 0, false},
	} {
		delay, again := r.next(c.n, c.err)
		if delay != c.delay || again != c.again {
			t.Errorf("%s: %s, %t; want %s, %t", name, delay, again, c.delay, c.again)
		}
	}
	if got := r.delay(60); got != r.MaxDelay {
		t.Errorf("the wait after 60 tries is %s; want %s", got, r.MaxDelay)
	}
}
