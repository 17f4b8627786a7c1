package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
)

// another is another process that shares the site's store.
func (s *site) another() *Keeper {
	k := s.keeper
	return &Keeper{Store: k.Store, Keys: k.Keys, Hasher: k.Hasher, Now: k.Now, Rand: k.Rand, Learn: k.Learn, Redact: k.Redact, Process: "test 2"}
}

// forgetful is a store that writes every row and takes no outcome: as when a process dies between the answer and the commit.
type forgetful struct{ store.Store }

func (forgetful) Commit(context.Context, store.Change) error { return store.ErrFull }

// TestLostRenewal shows that a pair whose renewal was answered to nobody is not sent again: its credential is acquired anew, which plan knows.
func TestLostRenewal(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	s.ensure(b)
	s.pass(56 * time.Minute)
	kept := s.keeper.Store
	s.keeper.Store = forgetful{kept}
	if v := s.ensure(b); v.Did != Reuse || v.Class != ClassStore {
		t.Errorf("while it is lost: %+v", v)
	}
	s.keeper.Store = kept
	if l, err := s.keeper.Look(t.Context(), b); err != nil || l.Do != Acquire || !strings.Contains(l.Reason, "the answer was lost") {
		t.Errorf("the plan: %+v, %v", l, err)
	}
	if v := s.ensure(b); v.Did != Acquire || v.Generation != 2 {
		t.Errorf("then: %+v", v)
	}
	s.wantLedger("acquire ok", "renew ", "acquire ok")
	s.pass(56 * time.Minute)
	if v := s.ensure(b); v.Did != Renew {
		t.Errorf("the new pair: %+v", v)
	}
}

// TestLostRenewalOfASlidingLife shows that a heartbeat is sent again: the token is the same.
func TestLostRenewalOfASlidingLife(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	b.Schema.Token.Sliding = true
	s.ensure(b)
	s.pass(56 * time.Minute)
	kept := s.keeper.Store
	s.keeper.Store = forgetful{kept}
	s.ensure(b)
	s.keeper.Store = kept
	if v := s.ensure(b); v.Did != Renew {
		t.Errorf("it is %+v", v)
	}
}

// TestUnclearRenewal shows in which of its endings a renewal may have used the pair up, so that within one run, too, it is acquired anew.
func TestUnclearRenewal(t *testing.T) {
	for answer, want := range map[string]string{
		"refuse malformed_answer": "renew malformed_answer, acquire ok",
		"refuse unavailable":      "renew unavailable, renew ok", // The vendor said that it did nothing.
		"refuse rate_limited":     "renew rate_limited, renew ok",
	} {
		s := newSite(t)
		b := s.block("x")
		s.ensure(b)
		s.pass(56 * time.Minute)
		s.answer = func(n int) (int, string) {
			if n == 2 {
				return 200, answer
			}
			return 200, "fresh"
		}
		s.ensure(b)
		s.wantLedger(append([]string{"acquire ok"}, strings.Split(want, ", ")...)...)
	}
}

// TestDeadOnRenewIsRemembered shows that a dead token is not sent for renewal again, even if no other can be had.
func TestDeadOnRenewIsRemembered(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	b.Retry.Attempts = 1
	s.ensure(b)
	s.pass(56 * time.Minute)
	s.answer = func(n int) (int, string) {
		return 200, "refuse " + []string{"token_dead", "unavailable", "unavailable"}[n-2]
	}
	s.ensure(b)
	s.pass(2 * time.Second)
	s.ensure(b)
	s.wantLedger("acquire ok", "renew token_dead", "acquire unavailable", "acquire unavailable")
}

// loop asks every ten seconds for a day, each time as a process that was just started, and gives the number of what it counts.
func (s *site) loop(t *testing.T, ask func(*Keeper)) {
	t.Helper()
	for range 24 * 60 * 6 {
		s.pass(10 * time.Second)
		ask(s.another())
	}
}

// TestCrashLoop shows that a loop of restarts, each of which dies with a call under way, makes few calls, and that the first restart is not
// held up.
func TestCrashLoop(t *testing.T) {
	s := newSite(t)
	b := s.block("x")
	kept := s.keeper.Store
	s.keeper.Store = forgetful{kept}
	s.fails(b)
	s.fails(b)
	s.wantCalls(2)
	if f := s.fails(b); !f.Held || !f.Until.Equal(noon.Add(time.Second)) || !strings.Contains(f.Advice, "--force auth.acme.a") {
		t.Errorf("the third time: %+v", f)
	}
	s.loop(t, func(k *Keeper) { _, _ = k.Ensure(t.Context(), b) }) // It fails, which is what this is about.
	if calls := s.calls.Load(); calls > 320 {
		t.Errorf("a day of crashes made %d calls", calls)
	}
	s.keeper.Store = kept
	b.Forced = true
	s.ensure(b)
}

// TestStoreThatTakesNoOutcomes shows that one long-lived process, too, does not fetch in a loop what it cannot store.
func TestStoreThatTakesNoOutcomes(t *testing.T) {
	s := newSite(t)
	s.keeper.Store = forgetful{s.store}
	b := s.block("x")
	for range 24 * 60 * 6 {
		s.pass(10 * time.Second)
		if f := s.fails(b); !f.Held && (f.Class != ClassStore || !strings.Contains(f.Advice, "is lost")) {
			t.Fatalf("it failed with %+v", f)
		}
	}
	if calls := s.calls.Load(); calls > 320 {
		t.Errorf("a day without a store made %d calls", calls)
	}
}

// TestPluginFaultsBackOff shows that a plugin which crashes is neither started in a loop, nor does it call in a loop, wherever it crashes.
func TestPluginFaultsBackOff(t *testing.T) {
	fault := &client.Error{Vendor: "acme", Path: "/plugins/authrun-plugin-acme", Problem: "crashed"}
	for name, crash := range map[string]func(*Block, *int){
		"as it starts": func(b *Block, starts *int) {
			b.Plugin = func(context.Context) (sdk.Plugin, error) {
				*starts++
				return nil, fault
			}
		},
		"as it checks": func(b *Block, starts *int) {
			b.Schema.Checks = true
			b.Plugin = func(context.Context) (sdk.Plugin, error) {
				*starts++
				return crashing{fault}, nil
			}
		},
		"after the answer": func(b *Block, starts *int) {
			b.Plugin = func(context.Context) (sdk.Plugin, error) {
				*starts++
				return scripted{func(sdk.Operation, string) (sdk.Result, error) { return sdk.Result{}, fault }}, nil
			}
		},
		"into nonsense": func(b *Block, starts *int) {
			b.Plugin = func(context.Context) (sdk.Plugin, error) {
				*starts++
				return scripted{func(sdk.Operation, string) (sdk.Result, error) { return sdk.Result{}, nil }}, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			starts := 0
			b := s.block("x")
			crash(&b, &starts)
			if f := s.fails(b); f.Class != ClassPlugin || f.Held {
				t.Errorf("at first: %+v", f)
			}
			if f := s.fails(b); f.Class != ClassPlugin || !f.Held || !f.Until.Equal(noon.Add(time.Second)) {
				t.Errorf("at once again: %+v", f)
			}
			s.loop(t, func(k *Keeper) { _, _ = k.Ensure(t.Context(), b) }) // It fails, which is what this is about.
			if starts > 320 || s.calls.Load() > 320 {
				t.Errorf("a day of crashes made %d starts and %d calls", starts, s.calls.Load())
			}
			if use, err := s.store.Uses(t.Context(), b.Flow); err != nil || len(use) != 1 {
				t.Errorf("the store does not remember the address, so that each run would start the plugin in advance: %v, %v", use, err)
			}
		})
	}
}

// crashing is a plugin that crashes as it checks.
type crashing struct{ err error }

func (c crashing) Describe(context.Context) (sdk.Description, error) { return schema, nil }
func (c crashing) Check(context.Context, json.RawMessage) ([]sdk.Problem, error) {
	return nil, c.err
}
func (c crashing) Run(context.Context, sdk.Run) (sdk.Result, error) { return sdk.Result{}, c.err }

// gathered is a store whose locks are given out when so many wait for them.
type gathered struct {
	store.Store
	all *sync.WaitGroup
}

func (g gathered) Lock(ctx context.Context, name string) (store.Lease, error) {
	g.all.Done()
	g.all.Wait()
	return g.Store.Lock(ctx, name)
}

// crowd makes n processes, all of which want b before the first one may call, and gives what each of them got.
func (s *site) crowd(n int, b Block) []error {
	var all sync.WaitGroup
	all.Add(n)
	got := make([]error, n)
	var done sync.WaitGroup
	for i := range n {
		k := s.another()
		k.Store = gathered{s.store, &all}
		done.Go(func() { _, got[i] = k.Ensure(context.Background(), b) })
	}
	done.Wait()
	return got
}

// TestWaitersShareAFailure shows that those who waited for a call that failed share its failure, with the time that the vendor named, instead of
// repeating it.
func TestWaitersShareAFailure(t *testing.T) {
	for class, until := range map[sdk.Class]time.Time{sdk.RateLimited: noon.Add(time.Hour), sdk.InvalidCredentials: {}, sdk.InvalidRequest: {}} {
		s := newSite(t)
		b := s.block("x")
		b.Plugin = func(context.Context) (sdk.Plugin, error) {
			return scripted{func(sdk.Operation, string) (sdk.Result, error) {
				f := &sdk.Failure{Class: class, Text: "not now"}
				if class == sdk.RateLimited {
					f.RetryAfter = time.Hour
				}
				return sdk.Result{}, f
			}}, nil
		}
		for _, err := range s.crowd(20, b) {
			var failed *Failed
			if !errors.As(err, &failed) || failed.Class != string(class) || !failed.Until.Equal(until) || !strings.Contains(failed.Text, "not now") {
				t.Errorf("%s: one got %+v", class, err)
			}
		}
		if n := s.calls.Load(); n != 1 {
			t.Errorf("%s: %d calls were made", class, n)
		}
	}
}

// TestForcedAtOnce shows that of many who force one call at once one makes it, whether it goes well or not: ten who force one refused
// password would be ten refusals.
func TestForcedAtOnce(t *testing.T) {
	for _, answer := range []string{"token", "refuse invalid_credentials", "refuse unavailable"} {
		s := newSite(t)
		s.keeper.Now = time.Now
		s.answer = func(int) (int, string) { return 200, answer }
		b := s.block("x")
		b.Forced, b.Retry.Attempts = true, 1
		for _, err := range s.crowd(20, b) {
			if (err == nil) != (answer == "token") {
				t.Errorf("%s: one got %v", answer, err)
			}
		}
		if n := s.calls.Load(); n != 1 {
			t.Errorf("%s: %d calls were made", answer, n)
		}
	}
}

// TestUselessCalls shows that a call which goes well and changes nothing is not repeated at once: the vendor gives the refused token again, or
// one that lives shorter than asked for.
func TestUselessCalls(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Block)
		class  sdk.Class
	}{
		"the refused token again":     {func(b *Block) { b.Refused = "the-same" }, sdk.TokenDead},
		"shorter than it has to live": {func(b *Block) { b.MinLife = 2 * time.Hour }, sdk.Unsupported},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.answer = func(int) (int, string) { return 200, "the-same" }
			b := s.block("x")
			s.ensure(b)
			c.change(&b)
			if v := s.ensure(b); v.Class != string(c.class) || v.Warning == "" || v.Generation != 1 {
				t.Errorf("at first: %+v", v)
			}
			for range 6 * 60 { // Every ten seconds for an hour.
				s.pass(10 * time.Second)
				_, _ = s.keeper.Ensure(t.Context(), b) // Whether that fails hangs on what is wished for.
			}
			if n := s.calls.Load(); n < 10 || n > 25 {
				t.Errorf("an hour made %d calls; want about 18", n)
			}
		})
	}
}

// lockFree is a store that anybody may enter at any time.
type lockFree struct{ store.Store }

func (lockFree) Lock(context.Context, string) (store.Lease, error) { return store.Kept(func() {}), nil }

// TestLaterOneStays shows that a slow answer never replaces what was asked for later, should two ever call at once.
func TestLaterOneStays(t *testing.T) {
	s := newSite(t)
	s.keeper.Store = lockFree{s.store}
	asked, answer := make(chan struct{}), make(chan struct{})
	s.answer = func(n int) (int, string) {
		if n == 1 {
			close(asked)
			<-answer
		}
		return 200, fmt.Sprintf("token-%d", n)
	}
	b := s.block("x")
	slow := make(chan Valid, 1)
	go func() {
		v, err := s.another().Ensure(context.Background(), b)
		if err != nil {
			t.Error(err)
		}
		slow <- v
	}()
	<-asked
	s.pass(time.Second)
	s.ensure(b)
	close(answer)
	if v := <-slow; tokenOf(v) != "token-2" || v.Generation != 1 {
		t.Errorf("the slow one got %s, generation %d; want what the other stored", v.Value, v.Generation)
	}
	if v := s.ensure(b); v.Did != Reuse || tokenOf(v) != "token-2" {
		t.Errorf("stored is %+v", v)
	}
	s.wantLedger("acquire ok", "acquire ok")
}

// TestOneCallersCancel shows that a caller who gives up neither fails those who wait with him nor takes their credential along.
func TestOneCallersCancel(t *testing.T) {
	s := newSite(t)
	asked, answer := make(chan struct{}), make(chan struct{})
	s.answer = func(int) (int, string) {
		close(asked)
		<-answer
		return 200, "token"
	}
	b := s.block("x")
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.keeper.Ensure(ctx, b); err != nil {
			t.Errorf("the exchange under way did not finish: %v", err)
		}
	})
	<-asked
	for range 5 {
		wg.Go(func() {
			if v, err := s.keeper.Ensure(context.Background(), b); err != nil || tokenOf(v) != "token" {
				t.Errorf("one who waited got %+v, %v", v, err)
			}
		})
	}
	impatient, giveUp := context.WithCancel(context.Background())
	giveUp()
	if _, err := s.keeper.Ensure(impatient, b); err == nil {
		t.Error("one who had given up got a credential")
	}
	cancel()
	close(answer)
	wg.Wait()
	s.wantCalls(1)
}

// TestSteps shows an acquire of several exchanges at a vendor that counts them: what it cannot finish it does not begin, and its own steps do
// not stop it.
func TestSteps(t *testing.T) {
	s := newSite(t)
	b := s.limited("x", quota(3), sdk.Limit{Name: "lockout", Scope: []string{"base_url"}, Lockout: &sdk.Lockout{Refusals: 2, Hold: time.Hour}})
	b.Schema.Abilities = []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 2}}
	b.Plugin = func(context.Context) (sdk.Plugin, error) { return twice{}, nil }
	if v := s.ensure(b); v.Did != Acquire {
		t.Errorf("at first: %+v", v)
	}
	s.pass(2 * time.Hour)
	if f := s.fails(b); f.Class != string(sdk.QuotaExhausted) || !strings.Contains(f.Text, "this takes up to 2") {
		t.Errorf("with one unit left: %+v", f)
	}
	s.wantCalls(2)
}

// twice is a plugin that asks its vendor twice.
type twice struct{ scripted }

func (twice) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) {
	first := scripted{func(sdk.Operation, string) (sdk.Result, error) { return sdk.Result{}, nil }}
	if _, err := first.Run(ctx, run); err != nil {
		return sdk.Result{}, err
	}
	return scripted{hourly}.Run(ctx, run)
}

// TestIntervalCountsFromTheAnswer shows that two calls reach the vendor with the interval between them, even if the first was long on its way.
func TestIntervalCountsFromTheAnswer(t *testing.T) {
	s := newSite(t)
	var waited []time.Duration
	s.keeper.Sleep = func(_ context.Context, d time.Duration) error {
		waited = append(waited, d)
		s.pass(d)
		return nil
	}
	var reached []time.Time
	s.answer = func(n int) (int, string) {
		if n == 1 {
			s.pass(20 * time.Second)
		}
		reached = append(reached, s.clock())
		return 200, "token"
	}
	b := s.limited("x", sdk.Limit{Name: "interval", Scope: []string{"base_url"}, MinInterval: 30 * time.Second})
	s.ensure(b)
	b.Refused = "token"
	s.ensure(b)
	if apart := reached[1].Sub(reached[0]); apart < 30*time.Second || len(waited) != 1 {
		t.Errorf("the calls came %s apart, after waits of %v", apart, waited)
	}
}

// TestClockPutDuringTheCall shows that a life is counted by the clock as it stands when the answer is there, if it was put meanwhile.
func TestClockPutDuringTheCall(t *testing.T) {
	for by, want := range map[time.Duration]time.Time{
		-24 * time.Hour: noon.Add(-23 * time.Hour), // back: an hour from then, not from the future
		24 * time.Hour:  noon.Add(time.Hour),       // forward: nobody can tell that from a call that took long
	} {
		s := newSite(t)
		s.answer = func(int) (int, string) {
			s.pass(by)
			return 200, "token"
		}
		if got := s.ensure(s.block("x")).ExpiresAt; !got.Equal(want) {
			t.Errorf("put by %s: it expires at %s; want %s", by, got, want)
		}
	}
}

// TestBackOffOfAClockThatWasPutBack shows that a failure holds calls back although the clock was put back a little since, and not for ever.
func TestBackOffOfAClockThatWasPutBack(t *testing.T) {
	for by, held := range map[time.Duration]bool{-500 * time.Millisecond: true, -4 * time.Minute: true, -6 * time.Minute: false, -48 * time.Hour: false} {
		s := newSite(t)
		s.answer = func(int) (int, string) { return 200, "refuse unavailable" }
		b := s.block("x")
		b.Retry.Attempts = 1
		s.fails(b)
		s.pass(by)
		if f := s.fails(b); f.Held != held {
			t.Errorf("put by %s: %+v", by, f)
		}
	}
}
