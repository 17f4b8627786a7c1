package credential

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
)

// TestLookShowsEveryLimit shows limits whatever operations they count, in the order of their declaration, each with what counts for it.
func TestLookShowsEveryLimit(t *testing.T) {
	s := newSite(t)
	b := s.limited("x",
		sdk.Limit{Name: "renewals", Scope: []string{"base_url"}, Counts: []sdk.Operation{sdk.OpRenew, sdk.OpRevoke}, Quota: &sdk.Quota{Count: 5, Per: sdk.CalendarDay}},
		quota(10),
		sdk.Limit{Name: "all", Scope: []string{"base_url"}, Counts: []sdk.Operation{sdk.OpAcquire, sdk.OpRenew, sdk.OpRevoke}, MinInterval: time.Second},
		sdk.Limit{Name: "ends", Scope: []string{"base_url"}, Counts: []sdk.Operation{sdk.OpRevoke}, Lockout: &sdk.Lockout{Refusals: 3, Hold: time.Hour}})
	if _, err := s.keeper.Ensure(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	look, err := s.keeper.Look(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name       string
		operations []sdk.Operation
		used       int
	}{
		{"renewals", []sdk.Operation{sdk.OpRenew, sdk.OpRevoke}, 0},
		{"monthly", []sdk.Operation{sdk.OpAcquire}, 1},
		{"all", []sdk.Operation{sdk.OpAcquire, sdk.OpRenew, sdk.OpRevoke}, 0},
		{"ends", []sdk.Operation{sdk.OpRevoke}, 0},
	}
	if len(look.Limits) != len(want) {
		t.Fatalf("%d limits: %+v", len(look.Limits), look.Limits)
	}
	for i, w := range want {
		got := look.Limits[i]
		if got.Limit.Name != w.name || !slices.Equal(got.Operations, w.operations) || got.Usage.Used != w.used || got.Scope == "" || got.Text == "" {
			t.Errorf("got %+v, want %+v", got, w)
		}
	}
}
