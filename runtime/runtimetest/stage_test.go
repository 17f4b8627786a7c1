package runtimetest_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/runtime/runtimetest"
	"github.com/authrun/authrun/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStage(t *testing.T) {
	vendor := &runtimetest.Vendor{Name: "acme", Life: time.Hour}
	stage := runtimetest.New(t, `auth "acme" "main" {}`, vendor)
	source := stage.Source("auth.acme.main")
	token, err := source.Token()
	if err != nil || token.AccessToken != "acme-1" || !token.Expiry.Equal(runtimetest.Start.Add(time.Hour)) {
		t.Fatal(token, err)
	}
	stage.Clock.Advance(2 * time.Hour)
	if token, err = source.Token(); err != nil || token.AccessToken != "acme-2" {
		t.Fatal(token, err)
	}
	if n := vendor.Calls(); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

// The gate, the ledger and the back-off are the real ones.
func TestStageFailures(t *testing.T) {
	vendor := &runtimetest.Vendor{Name: "acme", Arguments: []string{"!secret"}, Life: time.Hour,
		Limits: []sdk.Limit{{Name: "daily", Scope: []string{"account"}, Quota: &sdk.Quota{Count: 2, Per: sdk.CalendarDay}}}}
	vendor.Fail(&sdk.Failure{Class: sdk.Unavailable, Text: "closed for lunch", Sent: true})
	stage := runtimetest.New(t, "auth \"acme\" \"main\" {\n  account = \"a\"\n  secret = \"s3cr3t-words\"\n}", vendor)
	source := stage.Source("auth.acme.main")
	var failed *authrun.Error
	if _, err := source.Token(); !errors.As(err, &failed) || failed.Class != string(sdk.Unavailable) {
		t.Fatal(err)
	}
	stage.Clock.Advance(7 * time.Hour) // what is left of a small quota is spread over the day once a call has failed
	if token, err := source.Token(); err != nil || token.AccessToken != "acme-1" {
		t.Fatal(err)
	}
	stage.Clock.Advance(2 * time.Hour)
	if _, err := source.Token(); !errors.As(err, &failed) || failed.Class != string(sdk.QuotaExhausted) || !failed.Until.Equal(runtimetest.Start.Add(24*time.Hour)) {
		t.Fatal(err)
	}
	if n := vendor.Calls(); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

// A caller that gives up leaves the call to the others.
func TestStageHang(t *testing.T) {
	vendor := &runtimetest.Vendor{Name: "acme"}
	stage := runtimetest.New(t, `auth "acme" "main" {}`, vendor)
	goOn := vendor.Hang()
	source := stage.Source("auth.acme.main")
	got := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { _, err := source.TokenContext(ctx); got <- err }()
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	goOn()
	if token, err := source.Token(); err != nil || token.AccessToken != "acme-1" || !token.Expiry.IsZero() {
		t.Error(err)
	}
	if summary := stage.Apply(); summary.Reused != 1 {
		t.Errorf("%+v", summary)
	}
}

func TestClock(t *testing.T) {
	c := runtimetest.NewClock(runtimetest.Start)
	woken := make(chan error, 2)
	go func() { woken <- c.Sleep(t.Context(), time.Minute) }()
	for c.Waiters() == 0 {
		runtime.Gosched()
	}
	c.Advance(59 * time.Second)
	if c.Waiters() != 1 {
		t.Error("woken too early")
	}
	c.Advance(time.Second)
	if err := <-woken; err != nil || !c.Now().Equal(runtimetest.Start.Add(time.Minute)) {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Sleep(ended, time.Hour); !errors.Is(err, context.Canceled) || c.Waiters() != 0 {
		t.Error(err)
	}
}
