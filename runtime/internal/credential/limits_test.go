package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// limited is a block of the site whose vendor tolerates only so much.
func (s *site) limited(secret string, limits ...sdk.Limit) Block {
	b := s.block(secret)
	b.Schema.Limits = limits
	return b
}

func quota(n int) sdk.Limit {
	return sdk.Limit{Name: "monthly", Scope: []string{"base_url"}, Quota: &sdk.Quota{Count: n, Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"}}
}

// TestQuota shows that a quota is never overdrawn, whatever fails, and says when a call is possible again.
func TestQuota(t *testing.T) {
	s := newSite(t)
	s.answer = func(int) (int, string) { return 200, "refuse unavailable" }
	b := s.limited("x", quota(3))
	b.Retry.Attempts = 0
	for range 10 {
		s.fails(b)
		s.pass(6 * time.Minute)
	}
	s.wantCalls(2) // The last one is not spent on the same outage.
	for range 10 {
		s.fails(b)
		s.pass(24 * time.Hour)
	}
	s.wantCalls(3)
	f := s.fails(b)
	if want := time.Date(2026, 4, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600)); f.Class != string(sdk.QuotaExhausted) || !f.Until.Equal(want) {
		t.Errorf("it failed with %+v; want quota_exhausted until %s", f, want)
	}
	s.pass(31 * 24 * time.Hour)
	s.answer = nil
	s.ensure(b)
	s.wantCalls(4)
}

// TestQuotaKeepsTheLastForTheDead shows that the last unit is not spent on a credential that still lives.
func TestQuotaKeepsTheLastForTheDead(t *testing.T) {
	s := newSite(t)
	b := s.limited("x", quota(2))
	b.Plugin = func(context.Context) (sdk.Plugin, error) {
		return scripted{func(op sdk.Operation, answer string) (sdk.Result, error) {
			r, err := hourly(op, answer)
			r.Renewable = false
			return r, err
		}}, nil
	}
	s.ensure(b)
	s.pass(57 * time.Minute)
	v := s.ensure(b)
	if v.Did != Reuse || !strings.Contains(v.Warning, "last one is kept") {
		t.Errorf("in the window it is %+v", v)
	}
	s.pass(4 * time.Minute)
	if v := s.ensure(b); v.Did != Acquire {
		t.Errorf("dead it is %+v", v)
	}
	s.wantCalls(2)
}

// TestLimitOfAMember shows that a limit can belong to a member of an argument that is a map.
func TestLimitOfAMember(t *testing.T) {
	limit := quota(1)
	limit.Scope = []string{"base_url", "account.id"}
	s := newSite(t)
	s.answer = func(int) (int, string) { return 200, "refuse unavailable" }
	block := func(account string) Block {
		b := s.limited(account, limit)
		var config map[string]json.RawMessage
		if err := json.Unmarshal(b.Config, &config); err != nil {
			t.Fatal(err)
		}
		config["account"] = json.RawMessage(account)
		var err error
		if b.Config, err = json.Marshal(config); err != nil {
			t.Fatal(err)
		}
		b.Set["account"] = config["account"]
		return b
	}
	s.fails(block(`{"id": "a", "x": 1}`))
	s.wantCalls(1)
	if f := s.fails(block(`{"id": "a", "x": 2}`)); f.Class != string(sdk.QuotaExhausted) {
		t.Errorf("another x failed with %+v", f)
	}
	s.fails(block(`{"id": "b"}`))
	s.wantCalls(2)
}

// TestLockoutCountsWhateverThePassword shows that after four refusals from one address nothing is sent for the time of the hold, whatever
// the password is, and that a person may force it.
func TestLockoutCountsWhateverThePassword(t *testing.T) {
	lockout := sdk.Limit{Name: "lockout", Scope: []string{"base_url"}, Lockout: &sdk.Lockout{Refusals: 5, Hold: 10 * time.Minute}}
	s := newSite(t)
	s.answer = func(int) (int, string) { return 200, "refuse invalid_credentials" }
	for i := range 8 {
		s.fails(s.limited(fmt.Sprint("wrong ", i), lockout))
	}
	s.wantCalls(4)
	f := s.fails(s.limited("right", lockout))
	if f.Class != string(sdk.LockedOut) || !f.Until.Equal(noon.Add(10*time.Minute)) {
		t.Errorf("it failed with %+v", f)
	}
	s.answer = nil
	forced := s.limited("right", lockout)
	forced.Forced = true
	s.ensure(forced)
	s.wantCalls(5)
}

// TestIntervalIsWaitedFor shows that two calls are kept apart, tries of one run included, and that waiting is no failure.
func TestIntervalIsWaitedFor(t *testing.T) {
	s := newSite(t)
	interval := 30 * time.Millisecond
	b := s.limited("x", sdk.Limit{Name: "interval", Scope: []string{"base_url"}, MinInterval: interval})
	start := time.Now()
	s.keeper.Now = func() time.Time { return noon.Add(time.Since(start)) }
	s.answer = func(n int) (int, string) {
		if n < 3 {
			return 200, "refuse unavailable"
		}
		return 200, "token"
	}
	b.Retry.MinDelay = time.Microsecond
	s.ensure(b)
	rows, err := s.store.Exchanges(t.Context(), store.Query{})
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i := 1; i < len(rows); i++ {
		if apart := rows[i].At.Sub(rows[i-1].At); apart < interval {
			t.Errorf("call %d came %s after the one before; want %s", i+1, apart, interval)
		}
	}
}

// TestBackOff shows that a restart loop through a day's outage makes a few hundred calls, and that a person may force one.
func TestBackOff(t *testing.T) {
	s := newSite(t)
	s.answer = func(int) (int, string) { return 200, "refuse unavailable" }
	b := s.block("x")
	b.Retry.Attempts = 1
	first := s.fails(b)
	if first.Held {
		t.Errorf("the first failure is %+v", first)
	}
	held := s.fails(b)
	if !held.Held || held.Class != string(sdk.Unavailable) || !held.Until.Equal(noon.Add(time.Second)) {
		t.Errorf("at once again: %+v", held)
	}
	s.wantCalls(1)
	forced := b
	forced.Forced = true
	s.fails(forced)
	s.wantCalls(2)
	for range 24 * 60 * 6 { // every ten seconds for a day
		s.pass(10 * time.Second)
		s.fails(b)
	}
	if calls := s.calls.Load(); calls < 250 || calls > 310 {
		t.Errorf("a day's outage made %d calls; want about 290", calls)
	}
	s.answer = nil
	s.pass(6 * time.Minute)
	s.ensure(b)
	if v := s.ensure(b); v.Did != Reuse {
		t.Errorf("after it: %+v", v)
	}
}

// TestRetryAfterIsRemembered shows that the vendor's own word is kept, by every process.
func TestRetryAfterIsRemembered(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	b.Plugin = func(context.Context) (sdk.Plugin, error) {
		return scripted{func(sdk.Operation, string) (sdk.Result, error) {
			return sdk.Result{}, &sdk.Failure{Class: sdk.RateLimited, RetryAfter: time.Hour}
		}}, nil
	}
	s.fails(b)
	s.pass(59 * time.Minute)
	if f := s.fails(b); !f.Held {
		t.Errorf("too early: %+v", f)
	}
	s.wantCalls(1)
	s.pass(2 * time.Minute)
	s.fails(b)
	s.wantCalls(2)
}

// TestRefusedToken shows that a token that a consumer saw refused is replaced once for all who report it.
func TestRefusedToken(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	s.ensure(b)
	b.Refused = "token-1"
	if v := s.ensure(b); v.Did != Acquire || tokenOf(v) != "token-2" {
		t.Errorf("the first who reports it gets %+v", v)
	}
	if v := s.ensure(b); v.Did != Reuse || tokenOf(v) != "token-2" {
		t.Errorf("the second gets %+v", v)
	}
	s.wantCalls(2)
}

// TestFight shows two flows that use one account with different arguments at a vendor whose second acquire may kill the first token: a
// warning, once back, and then an end of it.
func TestFight(t *testing.T) {
	s := newSite(t)
	one, two := s.block("one"), s.block("two")
	s.ensure(one)
	if v := s.ensure(two); v.Did != Acquire || v.Warning == "" {
		t.Errorf("the second flow: %+v", v)
	}
	if v := s.ensure(one); v.Did != Acquire {
		t.Errorf("the first flow trusts a token that may be dead: %+v", v)
	}
	f := s.fails(two)
	if f.Class != ClassInvalidConfig {
		t.Errorf("back and forth again: %+v", f)
	}
	s.wantCalls(3)
	two.Forced = true
	s.ensure(two)
	s.wantCalls(4)
}

// TestKeeps shows that at a vendor where both tokens live, putting the old secret back costs no call.
func TestKeeps(t *testing.T) {
	s := newSite(t)
	one, two := s.block("one"), s.block("two")
	one.Schema.Token.Second, two.Schema.Token.Second = sdk.KeepsFirst, sdk.KeepsFirst
	for range 3 {
		s.ensure(one)
		s.ensure(two)
	}
	s.wantCalls(2)
}

// TestLockIsAcrossKeepers shows that two processes that share a store make one call between them.
func TestLockIsAcrossKeepers(t *testing.T) {
	s := newSite(t)
	k := s.keeper
	other := &Keeper{Store: k.Store, Keys: k.Keys, Hasher: k.Hasher, Now: k.Now, Rand: k.Rand, Learn: k.Learn, Redact: k.Redact, Process: "test 2"}
	entered, release := make(chan struct{}), make(chan struct{})
	s.answer = func(int) (int, string) {
		close(entered)
		<-release
		return 200, "token"
	}
	done := make(chan error, 2)
	go func() { _, err := s.keeper.Ensure(context.Background(), s.block("x")); done <- err }()
	<-entered
	go func() { _, err := other.Ensure(context.Background(), s.block("x")); done <- err }()
	close(release)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := s.calls.Load(); n != 1 {
		t.Errorf("%d calls were made", n)
	}
}

// TestNoLockNoCall shows that a lock that cannot be had never permits a call, and that what lives is still handed out.
func TestNoLockNoCall(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	s.ensure(b)
	s.keeper.Store = lockless{s.store}
	s.pass(56 * time.Minute)
	if v := s.ensure(b); v.Did != Reuse || v.Class != ClassStore {
		t.Errorf("in the window: %+v", v)
	}
	s.pass(time.Hour)
	if f := s.fails(b); f.Class != ClassStore {
		t.Errorf("dead: %+v", f)
	}
	s.wantCalls(1)
}

// lockless is a store whose locks cannot be had.
type lockless struct{ store.Store }

func (lockless) Lock(context.Context, string) (store.Lease, error) { return nil, store.ErrReadOnly }

// TestLook shows what a plan says in each state, and that it changes nothing.
func TestLook(t *testing.T) {
	s := newSite(t)
	b := s.limited("x", quota(3))
	look := func() Look {
		t.Helper()
		before := len(s.ledger())
		l, err := s.keeper.Look(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.ledger()) != before {
			t.Error("looking wrote to the ledger")
		}
		return l
	}
	if l := look(); l.Do != Acquire || l.Calls != 1 || l.Stored || l.Limits[0].Usage.Left != 3 {
		t.Errorf("at first: %+v", l)
	}
	s.ensure(b)
	l := look()
	if l.Do != Reuse || l.Calls != 0 || !l.Alive || l.Limits[0].Usage.Used != 1 || !l.RenewAt.Before(noon.Add(54*time.Minute)) && !l.RenewAt.Equal(noon.Add(54*time.Minute)) {
		t.Errorf("alive: %+v", l)
	}
	s.pass(56 * time.Minute)
	if l := look(); l.Do != Renew {
		t.Errorf("in the window: %+v", l)
	}
	s.pass(time.Hour)
	s.answer = func(int) (int, string) { return 200, "refuse invalid_credentials" }
	s.fails(b)
	if l := look(); l.Do != Blocked || l.Class != string(sdk.InvalidCredentials) || l.Latch == nil {
		t.Errorf("latched: %+v", l)
	}
}

// TestRevoke shows that an ended credential is forgotten, and that one which the vendor did not end is kept.
func TestRevoke(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	if r, err := s.keeper.Revoke(t.Context(), b); err != nil || !r.Nothing {
		t.Errorf("nothing stored: %+v, %v", r, err)
	}
	s.ensure(b)
	if r, err := s.keeper.Revoke(t.Context(), b); err != nil || r.AtVendor || !r.DiesAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("a vendor that cannot: %+v, %v", r, err)
	}
	s.wantCalls(1)
	b.Schema.Abilities = append(b.Schema.Abilities[:2:2], sdk.Ability{Operation: sdk.OpRevoke, Calls: 1})
	s.ensure(b)
	s.answer = func(int) (int, string) { return 200, "refuse unavailable" }
	b.Retry.Attempts = 1
	if _, err := s.keeper.Revoke(t.Context(), b); err == nil {
		t.Error("a vendor that fails: no error")
	}
	if l, err := s.keeper.Look(t.Context(), b); err != nil || !l.Stored {
		t.Errorf("it was forgotten although the vendor did not end it: %+v, %v", l, err)
	}
	s.answer = nil
	if r, err := s.keeper.Revoke(t.Context(), b); err != nil || !r.AtVendor {
		t.Errorf("a vendor that can: %+v, %v", r, err)
	}
	if l, err := s.keeper.Look(t.Context(), b); err != nil || l.Stored {
		t.Errorf("it is still there: %+v, %v", l, err)
	}
}

// TestImport puts a token under care without a call.
func TestImport(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	if _, err := s.keeper.Import(t.Context(), b, []byte(`{"token":""}`), time.Hour); err == nil {
		t.Error("an empty token was imported")
	}
	if _, err := s.keeper.Import(t.Context(), b, []byte(`{"token":"mine"}`), time.Hour); err != nil {
		t.Fatal(err)
	}
	if v := s.ensure(b); v.Did != Reuse || tokenOf(v) != "mine" || v.Generation != 1 {
		t.Errorf("it is %+v", v)
	}
	s.wantCalls(0)
	var failed *Failed
	if _, err := s.keeper.Import(t.Context(), b, []byte(`{}`), 0); !errors.As(err, &failed) {
		t.Errorf("no token: %v", err)
	}
}

// TestFailedRevokeHoldsNothingBack shows that a refused revoke neither latches nor delays the next acquire.
func TestFailedRevokeHoldsNothingBack(t *testing.T) {
	for _, class := range []sdk.Class{sdk.InvalidRequest, sdk.InvalidCredentials, sdk.Unavailable} {
		s := newSite(t)
		b := s.block("x")
		b.Retry.Attempts = 1
		b.Schema.Abilities = append(b.Schema.Abilities[:2:2], sdk.Ability{Operation: sdk.OpRevoke, Calls: 1})
		s.ensure(b)
		s.answer = func(int) (int, string) { return 200, "refuse " + string(class) }
		if _, err := s.keeper.Revoke(t.Context(), b); err == nil {
			t.Fatalf("%s: the revoke did not fail", class)
		}
		s.answer = nil
		b.Refused = "token-1"
		if v := s.ensure(b); v.Did != Acquire {
			t.Errorf("%s: afterwards it is %+v", class, v)
		}
	}
}
