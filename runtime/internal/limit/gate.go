package limit

import (
	"fmt"
	"time"

	"github.com/authrun/authrun/sdk"
)

// Row is an exchange of the ledger, as far as limits care.
type Row struct {
	At      time.Time
	Outcome string // "ok", an sdk.Class, or "" where nothing is known
	Status  int    // of the vendor's answer; 0: there was none
	// Step: it was answered, and was a step on the way to the operation's result: by itself neither a success nor a refusal.
	Step bool
}

// Counted is a limit and what counts for it: the rows of its scope, in the order in which they were begun, from [Since] on. Exchanges that
// never left the host are not among them; those whose outcome is not known yet are.
type Counted struct {
	Limit sdk.Limit
	Rows  []Row
}

// Ask is the exchange that is judged.
type Ask struct {
	Now       time.Time
	Operation sdk.Operation
	// Early: the stored value still lives, and could be kept.
	Early bool
	// Retry: this very run made the exchange before, and it failed.
	Retry bool
	// Sent: what is retried may have reached the vendor.
	Sent bool
	// Force passes the hold of a lock-out: a person says so. It passes nothing else.
	Force bool
	// More is how many exchanges the same run of the operation may make after this one. A quota that has no units left for them has none for
	// this one: it would be used up for nothing.
	More int
	// Waited is how long this exchange has waited for intervals already.
	Waited time.Duration
}

// Answer is what a limit says.
type Answer int

// The answers.
const (
	Go     Answer = iota // it may be sent
	Wait                 // it may be sent soon: wait, then ask again
	Refuse               // it must not be sent
)

// Verdict is whether an exchange may be sent, and why not.
type Verdict struct {
	Answer Answer
	Limit  string        // name of the limit that says so; "" with Go
	Class  sdk.Class     // with Refuse: QuotaExhausted, LockedOut or RateLimited
	Wait   time.Duration // until it may be sent, by the vendor's limits
	Until  time.Time     // the same as a moment
	Kept   bool          // of a quota: units are left, and kept for later
	Reason string        // a sentence for a person: which limit, what was used, since when, until when
}

// LongestWait is how long an interval is waited for. Whoever would have to wait longer is refused at once.
const LongestWait = 60 * time.Second

// Judge says whether the vendor tolerates one more exchange. Of several limits that forbid it the one that does so for longest speaks; one
// that refuses speaks before one that waits.
//
// Time never runs backwards here. A row that was begun after another counts as no earlier than that one, and now as no earlier than the
// last row: a clock that was put back makes nobody forget a call. Its error is that of a limit which makes no sense (a time zone that does
// not exist); nothing may be sent then.
func Judge(ask Ask, counted []Counted) (Verdict, error) {
	verdict := Verdict{}
	for _, c := range counted {
		if !Counts(c.Limit, ask.Operation) {
			continue
		}
		v, err := judge(ask, c.Limit, monotonic(c.Rows))
		if err != nil {
			return Verdict{Answer: Refuse, Limit: c.Limit.Name}, fmt.Errorf("limit %q: %w", c.Limit.Name, err)
		}
		if v.Answer > verdict.Answer || v.Answer == verdict.Answer && v.Wait > verdict.Wait {
			v.Limit = c.Limit.Name
			verdict = v
		}
	}
	return verdict, nil
}

func judge(ask Ask, l sdk.Limit, rows []Row) (Verdict, error) {
	now := later(ask.Now, rows)
	switch {
	case l.Quota != nil:
		return judgeQuota(ask, now, l, rows)
	case l.Lockout != nil:
		return judgeLockout(ask, now, l, rows), nil
	case l.MinInterval > 0:
		return judgeInterval(ask, now, l, rows), nil
	}
	return Verdict{}, nil
}

// judgeInterval keeps exchanges apart, whatever became of them, and with Force too: it is about the vendor's patience, not about ours.
func judgeInterval(ask Ask, now time.Time, l sdk.Limit, rows []Row) Verdict {
	if len(rows) == 0 {
		return Verdict{}
	}
	left := rows[len(rows)-1].At.Add(l.MinInterval).Sub(now) - ask.Waited
	if left <= 0 {
		return Verdict{}
	}
	v := Verdict{Answer: Wait, Wait: left, Until: ask.Now.Add(left)}
	v.Reason = fmt.Sprintf("The vendor wants %s between two calls (limit %q).", l.MinInterval, l.Name)
	if left > LongestWait {
		v.Answer, v.Class = Refuse, sdk.RateLimited
		v.Reason += fmt.Sprintf(" The last was at %s; the next is possible at %s.", moment(rows[len(rows)-1].At), moment(v.Until))
	}
	return v
}

// monotonic makes every row at least as late as those before it.
func monotonic(rows []Row) []Row {
	ordered := make([]Row, len(rows))
	var latest time.Time
	for i, r := range rows {
		if r.At.Before(latest) {
			r.At = latest
		}
		latest = r.At
		ordered[i] = r
	}
	return ordered
}

// later is the later one of now and the last row.
func later(now time.Time, rows []Row) time.Time {
	if n := len(rows); n > 0 && rows[n-1].At.After(now) {
		return rows[n-1].At
	}
	return now
}

// moment writes a time for a person, in the zone that it has.
func moment(t time.Time) string { return t.Format("2006-01-02 15:04:05 -07:00") }
