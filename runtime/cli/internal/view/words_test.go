package view

import (
	"testing"
	"time"

	"github.com/authrun/authrun/runtime"
)

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms",
		999*time.Millisecond + 999*time.Microsecond: "999 ms",
		time.Second:                  "1.0 s",
		9999 * time.Millisecond:      "9.9 s",
		10 * time.Second:             "10 s",
		59999 * time.Millisecond:     "59 s",
		time.Minute:                  "1m",
		125 * time.Second:            "2m 5s",
		time.Hour - time.Second:      "59m 59s",
		time.Hour:                    "1h",
		24*time.Hour - time.Second:   "23h 59m",
		7 * 24 * time.Hour:           "7d",
		7*24*time.Hour - time.Second: "6d 23h",
		3650 * 24 * time.Hour:        "3650d",
	} {
		if got := Span(d); got != want {
			t.Errorf("Span(%d) = %q, want %q", d, got, want)
		}
	}
}

func TestRest(t *testing.T) {
	for d, want := range map[time.Duration]string{
		30*24*time.Hour - 3*time.Second:   "30d",
		24*time.Hour - 3*time.Second:      "1d",
		24*time.Hour - 40*time.Second:     "23h 59m",
		90*time.Minute - time.Millisecond: "1h 30m",
		time.Hour - time.Millisecond:      "1h",
		time.Hour - time.Second:           "59m 59s",
		time.Minute - time.Millisecond:    "1m",
		9 * time.Second:                   "9 s",
		600 * time.Millisecond:            "1 s",
		300 * time.Millisecond:            "0 ms",
	} {
		if got := rest(d); got != want {
			t.Errorf("rest(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestBecause(t *testing.T) {
	for _, test := range []struct {
		addresses []string
		want      string
	}{
		{nil, ""},
		{[]string{"auth.a.b"}, ", because auth.a.b failed"},
		{[]string{"auth.a.b", "auth.c.d", "auth.e.f"}, ", because auth.a.b, auth.c.d, auth.e.f failed"},
		{[]string{"auth.a.b", "auth.c.d", "auth.e.f", "auth.g.h", "auth.i.j"}, ", because auth.a.b, auth.c.d, auth.e.f and 2 more failed"},
	} {
		if got := because(test.addresses); got != test.want {
			t.Errorf("because(%q) = %q, want %q", test.addresses, got, test.want)
		}
	}
}

func TestSummary(t *testing.T) {
	for _, test := range []struct {
		s    runtime.Summary
		want string
	}{
		{runtime.Summary{}, "nothing to do; no vendor calls, 0 ms."},
		{runtime.Summary{Reused: 5, Elapsed: 8 * time.Millisecond}, "5 reused; no vendor calls, 8 ms."},
		{runtime.Summary{Acquired: 1, Failed: 2, VendorCalls: 1, Elapsed: time.Second}, "1 acquired, 2 failed; 1 vendor call, 1.0 s."},
	} {
		if got := summary(test.s); got != test.want {
			t.Errorf("summary(%+v) = %q, want %q", test.s, got, test.want)
		}
	}
}
