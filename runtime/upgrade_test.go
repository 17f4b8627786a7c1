package runtime_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
	"github.com/authrun/authrun/sdk"
)

// A vendor whose plugin grew: the second version takes one more optional argument, with a default, and gives one more attribute.
type (
	firstConfig struct {
		URL    string     `auth:"url,endpoint,account" doc:"Address."`
		Secret sdk.Secret `auth:"secret" doc:"Secret."`
	}
	firstTicket struct {
		Token sdk.Secret `auth:"token" doc:"Token."`
	}
	secondConfig struct {
		URL    string     `auth:"url,endpoint,account" doc:"Address."`
		Secret sdk.Secret `auth:"secret" doc:"Secret."`
		Realm  string     `auth:"realm" default:"main" doc:"Realm."`
		Hint   string     `auth:"hint,optional" doc:"Hint."`
	}
	secondTicket struct {
		Token sdk.Secret `auth:"token" doc:"Token."`
		Seat  *int       `auth:"seat" doc:"Seat; null where the vendor gives none."`
	}
)

func grown[C, T any](version string, url func(C) string, ticket func() T) sdk.Vendor[C, T] {
	return sdk.Vendor[C, T]{Name: "grows", Version: version, Doc: "A vendor that exists in tests only.",
		Acquire: sdk.Op[C, T]{Calls: 1, Do: func(ctx context.Context, h *sdk.Host, c C, _ T) (sdk.Credential[T], error) {
			if _, err := h.Get(ctx, url(c)); err != nil {
				return sdk.Credential[T]{}, err
			}
			return sdk.Credential[T]{Value: ticket(), Life: 10 * time.Hour}, nil
		}}}
}

// TestUpgradeCostsNothing shows that a plugin with one more optional argument makes no living credential stale, and that one with a new attribute
// does so only for a flow that refers to it: then it says why, and once.
func TestUpgradeCostsNothing(t *testing.T) {
	var calls atomic.Int32
	vendor := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(vendor.Close)
	s := newStage(t)
	s.vars = nil
	one := grown("1.0.0", func(c firstConfig) string { return c.URL }, func() firstTicket { return firstTicket{"a-ticket"} })
	two := grown("2.0.0", func(c secondConfig) string { return c.URL }, func() secondTicket { return secondTicket{Token: "a-ticket"} })
	plain := s.write(strings.Replace(`
auth "grows" "a" {
  url    = "URL"
  secret = "a-secret"
}
output "who" {
  value     = auth.grows.a.token
  sensitive = true
}
`, "URL", vendor.URL, 1))
	refers := s.write(strings.Replace(`
auth "grows" "a" {
  url    = "URL"
  secret = "a-secret"
}
output "seat" {
  value = auth.grows.a.seat
}
`, "URL", vendor.URL, 1))
	step := func(name string, version authrun.Vendor, flow string, action authrun.Action, total int32) {
		t.Helper()
		s.options.Vendors = []authrun.Vendor{version}
		plan := ""
		s.run(flow, func(f *authrun.Flow) {
			_, err := f.Plan(t.Context(), authrun.ApplyOptions{}, func(e authrun.Event) {
				if p, ok := e.(authrun.Planned); ok {
					plan = p.Reason
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		r := s.apply(flow, authrun.ApplyOptions{})
		if r.err != nil || r.actions["auth.grows.a"] != action || calls.Load() != total {
			t.Errorf("%s: %v after %d calls, %v %v; want %s after %d", name, r.actions, calls.Load(), r.err, r.diags, action, total)
		}
		if says := strings.Contains(plan, "refers to seat") && strings.Contains(plan, "1.0.0"); says != (name == "the flow refers") {
			t.Errorf("%s: the plan says %q", name, plan)
		}
	}
	step("at first", one, plain, authrun.ActionAcquire, 1)
	step("the plugin grew", two, plain, authrun.ActionReuse, 1)
	step("the flow refers", two, refers, authrun.ActionAcquire, 2)
	step("null is an answer, too", two, refers, authrun.ActionReuse, 2)
	step("back to the first version", one, plain, authrun.ActionReuse, 2)
}
