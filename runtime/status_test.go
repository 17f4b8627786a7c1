package runtime_test

import (
	"context"
	"strings"
	"testing"
	"time"

	authrun "github.com/authrun/authrun/runtime"
)

// statuses are those of a flow by address.
func (s *stage) statuses(path string) map[string]authrun.Status {
	s.t.Helper()
	all := map[string]authrun.Status{}
	s.run(path, func(f *authrun.Flow) {
		found, err := f.Status(context.Background(), authrun.StatusOptions{})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, status := range found {
			all[status.Address] = status
		}
	})
	return all
}

// TestStatusThroughLife looks at credentials before they are there, while they live, when they are due, dead, and when the vendor refuses.
func TestStatusThroughLife(t *testing.T) {
	s := newStage(t)
	path := s.write(all)
	for address, status := range s.statuses(path) {
		if status.State != authrun.StateNone || status.Next.Action != authrun.ActionAcquire {
			t.Errorf("before: %s: %+v", address, status)
		}
	}
	s.apply(path, authrun.ApplyOptions{})
	began, calls := s.clock(), s.calls()

	found := s.statuses(path)
	pbx := found["auth.ippbx.a"]
	if pbx.State != authrun.StateValid || pbx.Generation != 1 || pbx.ExpiresAt.Sub(began) != 30*time.Minute {
		t.Errorf("pbx: %+v", pbx)
	}
	if left := pbx.ExpiresAt.Sub(pbx.Next.At); pbx.Next.Action != authrun.ActionRenew || left < 3*time.Minute || left > 4*time.Minute {
		t.Errorf("pbx is to be renewed: %+v", pbx.Next)
	}
	if l := found["auth.lingju.a"].Limits; len(l) != 1 || l[0].Used != 1 || l[0].Count != 10 || !l[0].Free {
		t.Errorf("limits of lingju: %+v", l)
	}

	s.pass(29 * time.Minute)
	if next := s.statuses(path)["auth.ippbx.a"].Next; next.Action != authrun.ActionRenew || !next.At.Equal(s.clock()) {
		t.Errorf("in its window: %+v", next)
	}
	s.pass(2 * time.Minute)
	if pbx := s.statuses(path)["auth.ippbx.a"]; pbx.State != authrun.StateDead || pbx.Next.Action != authrun.ActionAcquire {
		t.Errorf("dead: %+v", pbx)
	}
	if s.calls() != calls {
		t.Errorf("status called a vendor")
	}
}

// TestStatusOfARefusal shows a latch, and a block that waits for its turn.
func TestStatusOfARefusal(t *testing.T) {
	s := newStage(t)
	path := s.write(strings.Replace(all, `"pbx-password"`, `"wrong-password"`, 1))
	s.apply(path, authrun.ApplyOptions{})
	pbx := s.statuses(path)["auth.ippbx.a"]
	if pbx.Latch == nil || pbx.Latch.Class != "invalid_credentials" || pbx.Next.Action != authrun.ActionBlocked || !pbx.Next.At.IsZero() {
		t.Errorf("%+v %+v", pbx, pbx.Latch)
	}
	if strings.Contains(pbx.Latch.Text+pbx.Next.Rule, "wrong-password") {
		t.Error("the status shows the password")
	}
}

// TestHistory shows the calls of a flow's own blocks, and of a store as a whole.
func TestHistory(t *testing.T) {
	s := newStage(t)
	first, second := s.write(all), s.write(strings.Replace(all, `"device1"`, `"device2"`, 1))
	s.apply(first, authrun.ApplyOptions{})
	s.pass(time.Hour)
	s.apply(second, authrun.ApplyOptions{Targets: []string{"auth.lingju.a"}})
	s.run(first, func(f *authrun.Flow) {
		rows, err := f.History(context.Background())
		if err != nil || len(rows) != 5 {
			t.Errorf("of the first flow: %d, %v", len(rows), err)
		}
		for _, e := range rows {
			if e.Operation != "acquire" || e.Outcome != "ok" || e.Status != 200 || e.Generation != 1 || e.Process == "" {
				t.Errorf("%+v", e)
			}
		}
	})
	s.run(second, func(f *authrun.Flow) {
		rows, err := f.History(context.Background(), "auth.lingju.a")
		if err != nil || len(rows) != 1 || !rows[0].At.Equal(s.clock().UTC()) {
			t.Errorf("of the second flow: %+v, %v", rows, err)
		}
	})
	rt, err := authrun.Open(s.options)
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	rows, err := rt.Exchanges(context.Background())
	if err != nil || len(rows) != 6 {
		t.Errorf("of the store: %d, %v", len(rows), err)
	}
	stored, err := rt.Stored(context.Background())
	if err != nil || len(stored) != 6 {
		t.Errorf("of the store: %d credentials, %v", len(stored), err)
	}
}
