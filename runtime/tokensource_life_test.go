package runtime_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/runtimetest"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/runtime/store/memory"
	"github.com/authrun/authrun/sdk"
)

const oneBlock = `auth "acme" "main" {}`

// A vendor that is down replaces nothing, so that the tokens which may be replaced are there when it is up again.
func TestRefusedWhileDown(t *testing.T) {
	vendor := &runtimetest.Vendor{Name: "acme", Life: time.Hour, // a quota, so that one call is made at a time
		Limits: []sdk.Limit{{Name: "daily", Scope: []string{"account"}, Quota: &sdk.Quota{Count: 50, Per: sdk.CalendarDay}}}}
	stage := runtimetest.Open(t, authrun.Options{RefusalsPerHour: 2}, authrun.Inputs{}, oneBlock, vendor)
	source := stage.Source("auth.acme.main")
	first, err := source.Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		vendor.Fail(&sdk.Failure{Class: sdk.Unavailable, Text: "down", Sent: true})
		var failed *authrun.Error
		if _, err := source.Refused(t.Context(), first.Token); !errors.As(err, &failed) || failed.Class != string(sdk.Unavailable) {
			t.Fatal(err)
		}
		stage.Clock.Advance(time.Minute)
	}
	if c, err := source.Refused(t.Context(), first.Token); err != nil || c.Token == first.Token {
		t.Error(c.Token, err)
	}
}

// leaping are options whose clock leaps on whenever somebody waits.
func leaping(clock *runtimetest.Clock) authrun.Options {
	return authrun.Options{Now: clock.Now, Sleep: func(ctx context.Context, d time.Duration) error { clock.Advance(d); return ctx.Err() }}
}

// What fails until the flow is changed is told seldom, and what fails until a time is told when that has come.
func TestWatchFailures(t *testing.T) {
	clock := runtimetest.NewClock(runtimetest.Start)
	vendor := &runtimetest.Vendor{Name: "acme", Arguments: []string{"!secret"}, Life: time.Hour}
	vendor.Fail(&sdk.Failure{Class: sdk.InvalidCredentials, Text: "wrong", Sent: true})
	stage := runtimetest.Open(t, leaping(clock), authrun.Inputs{}, "auth \"acme\" \"main\" {\n  secret = \"wrong-words\"\n}", vendor)
	told := 0
	for _, err := range stage.Source("auth.acme.main").Watch(t.Context()) {
		if err == nil {
			t.Fatal("it was tried again")
		}
		if told++; clock.Now().Sub(runtimetest.Start) > 10*time.Hour {
			break
		}
	}
	if told > 140 || vendor.Calls() != 1 {
		t.Errorf("told %d times in ten hours, %d calls", told, vendor.Calls())
	}

	clock = runtimetest.NewClock(runtimetest.Start)
	vendor = &runtimetest.Vendor{Name: "acme", Life: time.Hour}
	vendor.Fail(&sdk.Failure{Class: sdk.RateLimited, Text: "not now", RetryAfter: 3 * time.Hour, Sent: true})
	stage = runtimetest.Open(t, leaping(clock), authrun.Inputs{}, oneBlock, vendor)
	told = 0
	for c, err := range stage.Source("auth.acme.main").Watch(t.Context()) {
		if err == nil {
			if at := clock.Now().Sub(runtimetest.Start); c.Token != "acme-1" || at < 3*time.Hour || at > 3*time.Hour+time.Minute {
				t.Errorf("%s after %s", c.Token, at)
			}
			break
		}
		told++
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// A token that another configuration of the account ends is given until then, and no longer.
func TestTokenSourceRetired(t *testing.T) {
	vendor := &runtimetest.Vendor{Name: "acme", Arguments: []string{"secret"}, Life: 10 * time.Hour,
		Token: sdk.Token{Second: sdk.KillsFirst, Overlap: 10 * time.Minute}}
	stage := runtimetest.New(t, "auth \"acme\" \"main\" {\n  secret = \"a\"\n}", vendor)
	source := stage.Source("auth.acme.main")
	first, err := source.Token()
	if err != nil {
		t.Fatal(err)
	}
	other, diags := stage.Runtime.LoadBytes(t.Context(), "other.hcl", []byte("auth \"acme\" \"main\" {\n  secret = \"b\"\n}"), authrun.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if _, err := other.Credential(t.Context(), "auth.acme.main", authrun.ApplyOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	ends := runtimetest.Start.Add(10 * time.Minute)
	for token := first; !token.Expiry.Equal(ends); time.Sleep(time.Millisecond) {
		if token, err = source.Token(); err != nil || token.AccessToken != "acme-1" || t.Context().Err() != nil {
			t.Fatal(token, err)
		}
	}
	stage.Clock.Advance(11 * time.Minute)
	if token, err := source.Token(); err != nil || token.AccessToken != "acme-3" {
		t.Error(token, err)
	}
}

// A token that was revoked is given no more.
func TestTokenSourceRevoked(t *testing.T) {
	vendor := &runtimetest.Vendor{Name: "acme", Life: 10 * time.Hour}
	stage := runtimetest.New(t, oneBlock, vendor)
	source := stage.Source("auth.acme.main")
	if _, err := source.Token(); err != nil {
		t.Fatal(err)
	}
	if _, err := stage.Flow.Revoke(t.Context(), authrun.RevokeOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	for c, err := range source.Watch(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Token == "acme-2" {
			break // of generation 1, as the one before it
		}
	}
}

// deaf is a store that tells nothing of what others change, as if that had happened just before it began to watch.
type deaf struct{ store.Store }

func (deaf) Watch(ctx context.Context, _ func(store.Key)) error { <-ctx.Done(); return ctx.Err() }

// What others bring between the reading of a record and the beginning of the watch is noticed, too.
func TestTokenSourceLateWatch(t *testing.T) {
	vendor := &runtimetest.Vendor{Name: "acme", Life: 10 * time.Hour}
	options := authrun.Options{Backend: deaf{memory.New()}, Key: strings.Repeat("5a", 32)}
	stage := runtimetest.Open(t, options, authrun.Inputs{}, oneBlock, vendor)
	source := stage.Source("auth.acme.main")
	if _, err := source.Token(); err != nil {
		t.Fatal(err)
	}
	forced := authrun.ApplyOptions{Force: []string{"auth.acme.main"}}
	if _, err := stage.Flow.Credential(t.Context(), "auth.acme.main", forced, nil); err != nil {
		t.Fatal(err)
	}
	for token := ""; token != "acme-2"; time.Sleep(5 * time.Millisecond) {
		now, err := source.Token()
		if err != nil || t.Context().Err() != nil {
			t.Fatal(token, err)
		}
		token = now.AccessToken
	}
}

// upset is a store that panics where the runtime uses it on goroutines of its own.
type upset struct {
	store.Store
	reads atomic.Int64
}

func (u *upset) Watch(_ context.Context, changed func(store.Key)) error {
	changed(store.Key{})
	panic("I watch nothing")
}

func (u *upset) Record(ctx context.Context, key store.Key) (store.Record, error) {
	if u.reads.Add(1) > 3 {
		panic("I read nothing any more")
	}
	return u.Store.Record(ctx, key)
}

// A store that panics behind a token source fails what needs it, and the program goes on.
func TestTokenSourcePanics(t *testing.T) {
	vendor := &runtimetest.Vendor{Name: "acme", Life: time.Hour}
	backend := &upset{Store: memory.New()}
	stage := runtimetest.Open(t, authrun.Options{Backend: backend, Key: strings.Repeat("5a", 32)}, authrun.Inputs{}, oneBlock, vendor)
	source := stage.Source("auth.acme.main")
	_, _ = source.Token()
	for backend.reads.Load() < 4 {
		stage.Clock.Advance(2 * time.Hour)
		_, _ = source.Token()
	}
	stage.Clock.Advance(2 * time.Hour)
	var failed *authrun.Error
	if _, err := source.Token(); !errors.As(err, &failed) {
		t.Error(err)
	}
}

// A clock whose waits go wrong makes Watch neither fail nor spin.
func TestWatchBadSleep(t *testing.T) {
	var sleeps atomic.Int64
	options := authrun.Options{Now: runtimetest.NewClock(runtimetest.Start).Now, Sleep: func(context.Context, time.Duration) error {
		if sleeps.Add(1)%2 == 0 {
			panic("no rest")
		}
		return errors.New("I cannot sleep")
	}}
	stage := runtimetest.Open(t, options, authrun.Inputs{}, oneBlock, &runtimetest.Vendor{Name: "acme", Life: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	for _, err := range stage.Source("auth.acme.main").Watch(ctx) {
		if err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}
	if n := sleeps.Load(); n == 0 || n > 3 {
		t.Errorf("%d waits in a moment", n)
	}
}

// However an error is printed, what lies below it and may hold a secret is not.
func TestErrorShowsNothingBelow(t *testing.T) {
	err := &authrun.Error{Address: "auth.acme.main", Class: "unavailable", Err: errors.New("s3cr3t")}
	encoded, failed := json.Marshal(err)
	if failed != nil {
		t.Fatal(failed)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("x", "error", err)
	slog.New(slog.NewTextHandler(&log, nil)).Error("x", "error", err)
	for _, text := range []string{fmt.Sprintf("%v %+v %s %q", err, err, err, err), fmt.Sprintf("%#v", err), fmt.Errorf("x: %w", err).Error(), string(encoded), log.String()} {
		if strings.Contains(text, "s3cr3t") {
			t.Error(text)
		}
	}
}
