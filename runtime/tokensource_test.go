package runtime_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	authrun "github.com/authrun/authrun/runtime"
)

var _ oauth2.TokenSource = (*authrun.TokenSource)(nil)

// sourceOf loads the flow of all vendors in a runtime of its own, which ends with the test.
func (s *stage) sourceOf(path, address string) (*authrun.Runtime, *authrun.TokenSource) {
	s.t.Helper()
	rt, err := authrun.Open(s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := rt.Close(); err != nil {
			s.t.Errorf("close: %v", err)
		}
	})
	f, diags := rt.Load(s.t.Context(), path, authrun.Inputs{Vars: s.vars})
	if diags.HasErrors() {
		s.t.Fatal(diags)
	}
	source, err := f.TokenSource(address)
	if err != nil {
		s.t.Fatal(err)
	}
	return rt, source
}

func TestTokenSource(t *testing.T) {
	s := newStage(t)
	rt, source := s.sourceOf(s.write(all), "auth.ekuaibao.a")
	first, err := source.Token()
	if err != nil || first.AccessToken == "" || !first.Valid() {
		t.Fatal(err)
	}
	if company := first.Extra("corporation_id"); company != "34A73EyI8A0w00" {
		t.Errorf("the token's company is %v", company)
	}
	for range 100 {
		if again, err := source.TokenContext(t.Context()); err != nil || again != first {
			t.Fatal("another token", err)
		}
	}
	if n := s.calls(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}

	// In its renewal window the living token is given at once, and a new one is got behind it.
	s.pass(time.Until(first.Expiry) - time.Minute)
	advanced, err := source.Token()
	if err != nil || advanced.AccessToken != first.AccessToken {
		t.Fatal("it was waited for a renewal", err)
	}
	for range source.Watch(t.Context()) {
		if now, _ := source.Token(); now.AccessToken != first.AccessToken {
			break
		}
	}
	if n := s.calls(); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
	if err := rt.Close(); err != nil {
		t.Fatal(err)
	}
	s.pass(24 * time.Hour)
	if _, err := source.Token(); !errors.Is(err, authrun.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	s.strict()
}

func TestTokenSourceBad(t *testing.T) {
	s := newStage(t)
	path := s.write(`
variable "sipauth" {}
variable "easemob" {}
variable "ippbx" {}
variable "ekuaibao" {}
variable "lingju" {}
auth "ekuaibao" "a" {
  base_url     = var.ekuaibao
  app_key      = "ek-app-key"
  app_security = "wrong-security"
}
auth "easemob" "b" {
  base_url      = var.easemob
  org_name      = "easemob-demo"
  app_name      = "testapp"
  client_id     = "x"
  client_secret = auth.ekuaibao.a.token
}
auth "lingju" "many" {
  count    = 2
  base_url = var.lingju
  appkey   = "lingju-app-key"
  userid   = "x${count.index}"
}
`)
	s.run(path, func(f *authrun.Flow) {
		for _, address := range []string{"auth.ekuaibao.b", "auth.lingju.many", "nonsense"} {
			var diags authrun.Diagnostics
			if _, err := f.TokenSource(address); !errors.As(err, &diags) {
				t.Errorf("%s: %v", address, err)
			}
		}
		source, err := f.TokenSource("auth.ekuaibao.a")
		if err != nil {
			t.Fatal(err)
		}
		var failed *authrun.Error
		var diags authrun.Diagnostics
		for range 50 {
			_, err = source.Token()
			if !errors.As(err, &failed) || failed.Class != "invalid_credentials" || failed.Address != "auth.ekuaibao.a" || !errors.As(err, &diags) {
				t.Fatalf("%v", err)
			}
		}
		dependent, err := f.TokenSource("auth.easemob.b")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = dependent.Token(); !errors.As(err, &failed) || len(failed.Because) != 1 || failed.Because[0] != "auth.ekuaibao.a" {
			t.Errorf("%v", err)
		}
	})
	if n := s.calls(); n != 1 {
		t.Errorf("%d calls, want 1: what was refused is not sent again", n)
	}
}

// One who gives up does not stop the others.
func TestTokenSourceCancel(t *testing.T) {
	s := newStage(t)
	_, source := s.sourceOf(s.write(all), "auth.ekuaibao.a")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source.TokenContext(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := source.TokenContext(t.Context()); err != nil {
		t.Error(err)
	}
	if n := s.calls(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// What another process of the store brings is given without a call.
func TestTokenSourceOtherProcess(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	_, source := s.sourceOf(path, "auth.ekuaibao.a")
	first, err := source.Token()
	if err != nil {
		t.Fatal(err)
	}
	if r := s.apply(path, authrun.ApplyOptions{Targets: []string{"auth.ekuaibao.a"}, Force: []string{"auth.ekuaibao.a"}}); r.err != nil {
		t.Fatal(r.err)
	}
	var seen []uint64
	for c, err := range source.Watch(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if seen = append(seen, c.Generation); c.Token != first.AccessToken {
			break
		}
	}
	if last := seen[len(seen)-1]; last != 2 {
		t.Errorf("generations %v", seen)
	}
	if n := s.calls(); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

// A hundred goroutines use a token that dies at random, report it, and give up at random. Each generation is replaced at most once, and what is
// counted is what was sent.
func TestTokenSourceStorm(t *testing.T) {
	s := newStage(t)
	s.options.RefusalsPerHour = 1 << 30
	path := s.write(all)
	_, source := s.sourceOf(path, "auth.sipauth.a")
	var dead sync.Map // tokens that the vendor has killed
	var kills atomic.Int64
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			for range 20 {
				ctx, cancel := context.WithCancel(t.Context())
				if random.IntN(4) == 0 {
					cancel()
				}
				c, err := source.Credential(ctx)
				if err == nil && random.IntN(100) == 0 {
					if _, twice := dead.LoadOrStore(c.Token, true); !twice {
						kills.Add(1)
					}
				}
				if _, killed := dead.Load(c.Token); err == nil && killed {
					c, err = source.Refused(ctx, c.Token)
				}
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	all.Wait()
	c, err := source.Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	calls, sent := int64(c.Generation), int64(s.sipauth.Calls())
	if sent != calls || sent > kills.Load()+1 || kills.Load() == 0 {
		t.Errorf("%d calls for %d generations and %d dead tokens", sent, calls, kills.Load())
	}
	s.run(path, func(f *authrun.Flow) {
		history, err := f.History(t.Context())
		if err != nil || int64(len(history)) != sent {
			t.Errorf("%d calls are counted, %d were sent, error %v", len(history), sent, err)
		}
	})
}

// More often than that nothing is replaced: it is not the token's age that is wrong.
func TestTokenSourceRefusals(t *testing.T) {
	s := newStage(t)
	s.options.RefusalsPerHour = 3
	_, source := s.sourceOf(s.write(all), "auth.lingju.a")
	for i := range 5 {
		c, err := source.Credential(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = source.Refused(t.Context(), c.Token)
		var failed *authrun.Error
		switch {
		case i < 3 && err != nil:
			t.Error(err)
		case i >= 3 && (!errors.As(err, &failed) || failed.Class != authrun.ClassRefused || !failed.Until.After(s.clock())):
			t.Errorf("replaced, or %v", err)
		}
	}
	if n := s.calls(); n != 4 {
		t.Errorf("%d calls, want 4", n)
	}
}
