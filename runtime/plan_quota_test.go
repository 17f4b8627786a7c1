package runtime

import (
	"testing"
	"time"

	"github.com/authrun/authrun/runtime/internal/credential"
	"github.com/authrun/authrun/runtime/internal/limit"
	"github.com/authrun/authrun/sdk"
)

// TestPlanSpendsQuotas plans blocks of three accounts that share a quota of two: the third comes too late, unless it lives.
func TestPlanSpendsQuotas(t *testing.T) {
	reset := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	look := credential.Look{Limits: []credential.LimitState{{Scope: "us", Usage: limit.Usage{Left: 2, Reset: reset},
		Limit: sdk.Limit{Name: "monthly", Quota: &sdk.Quota{Count: 2, Per: sdk.CalendarMonth}}}}}
	p := &planning{apply: &apply{}, quotas: map[string]*PlannedQuota{}}
	spend := func(address string, alive bool) Planned {
		look.Alive = alive
		planned := Planned{Action: ActionAcquire, Calls: 1}
		p.spend(credential.Block{Address: address}, look, &planned)
		return planned
	}
	for _, address := range []string{"auth.a.b", "auth.a.c"} {
		if got := spend(address, false); got.Action != ActionAcquire {
			t.Errorf("%s: %+v", address, got)
		}
	}
	if got := spend("auth.a.d", false); got.Action != ActionBlocked || !got.Until.Equal(reset) || got.Calls != 0 {
		t.Errorf("the third: %+v", got)
	}
	if got := spend("auth.a.e", true); got.Action != ActionReuse || got.Calls != 0 {
		t.Errorf("one that lives: %+v", got)
	}
	if q := p.quotas["monthly/us"]; q.Left != 0 || len(q.Addresses) != 4 {
		t.Errorf("%+v", q)
	}
}
