package simulated

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// described is a vendor of everything: two exchanges for an acquire, and attributes of every kind.
func described(limits ...sdk.Limit) sdk.Description {
	text, kinds := json.RawMessage(`"string"`), map[string]string{"number": `"number"`, "flag": `"bool"`, "list": `["list","string"]`,
		"map": `["map","number"]`, "object": `["object",{"a":"string","b":["tuple",["bool","number"]]}]`}
	is := sdk.Description{Vendor: "shop", Version: "1.0.0", Checks: true, Limits: limits,
		Config: sdk.Block{Attributes: []sdk.Attribute{{Name: "url", Type: text, Endpoint: true}, {Name: "user", Type: text, Account: true},
			{Name: "account", Type: json.RawMessage(`["map","string"]`)}}},
		Credential: sdk.Block{Attributes: []sdk.Attribute{{Name: "name", Type: text}, {Name: "hidden", Type: text, Private: true}}},
		Abilities:  []sdk.Ability{{Operation: sdk.OpAcquire, Calls: 2}, {Operation: sdk.OpRenew, Calls: 1}, {Operation: sdk.OpRevoke}},
	}
	for name, kind := range kinds {
		is.Credential.Attributes = append(is.Credential.Attributes, sdk.Attribute{Name: name, Type: json.RawMessage(kind)})
	}
	return is
}

// world is a service on a clock, and what its plugin sends there.
type world struct {
	clock   *Clock
	service *Service
	is      sdk.Description
	down    bool
}

func newWorld(is sdk.Description) *world {
	w := &world{clock: NewClock(noon, noon.AddDate(1, 0, 0), func() {}), is: is}
	w.service = NewService(is, w.clock.Now, func(time.Time) bool { return w.down })
	return w
}

func (w *world) run(op sdk.Operation, config string, lives Lives) (sdk.Result, error) {
	return Plugin(w.is, lives).Run(context.Background(), sdk.Run{Operation: op, Config: json.RawMessage(config), Transport: w.service.Transport(w.is)})
}

const ann = `{"url":"http://shop.invalid","user":"ann","account":{"id":"one"}}`

func TestPlugin(t *testing.T) {
	w := newWorld(described())
	lives := Lives{Acquired: time.Hour, Renewed: 2 * time.Hour, Renewable: true}
	r, err := w.run(sdk.OpAcquire, ann, lives)
	if err != nil || r.Life != time.Hour || !r.Renewable || r.Eternal {
		t.Fatalf("%+v, %v", r, err)
	}
	want := `{"flag":true,"list":[],"map":{},"name":"simulated","number":1,"object":{"a":"simulated","b":[true,1]},"token":"simulated-2"}`
	if diff := cmp.Diff(want, string(r.Value)); diff != "" {
		t.Errorf("the credential (-want +got):\n%s", diff)
	}
	if r, err = w.run(sdk.OpRenew, ann, lives); err != nil || r.Life != 2*time.Hour || r.Value == nil {
		t.Errorf("renewed: %+v, %v", r, err)
	}
	w.is.Token.Sliding = true
	if r, err = w.run(sdk.OpRenew, ann, lives); err != nil || r.Value != nil {
		t.Errorf("prolonged: %+v, %v", r, err)
	}
	if r, err = w.run(sdk.OpAcquire, ann, Lives{Acquired: sdk.Forever}); err != nil || !r.Eternal {
		t.Errorf("for ever: %+v, %v", r, err)
	}
	if _, err = w.run(sdk.OpRevoke, ann, lives); err != nil {
		t.Errorf("revoked: %v", err)
	}
	if _, err = w.run("dance", ann, lives); sdk.ClassOf(err) != sdk.Unsupported {
		t.Errorf("what it cannot: %v", err)
	}
	if _, err = w.run(sdk.OpAcquire, `{"user":"ann"}`, lives); !errors.Is(err, errNoEndpoint) {
		t.Errorf("nowhere to go: %v", err)
	}
	if is, err := Plugin(w.is, lives).Describe(context.Background()); err != nil || is.Checks {
		t.Errorf("it checks: %v, %v", is.Checks, err)
	}
	w.down = true
	if _, err = w.run(sdk.OpAcquire, ann, lives); sdk.ClassOf(err) != sdk.Unavailable {
		t.Errorf("down: %v", err)
	}
}

// TestSameToken gives the same token again until its last hour, with the life that it has left.
func TestSameToken(t *testing.T) {
	w := newWorld(described())
	w.is.Token = sdk.Token{Second: sdk.SameToken, FreshWithin: time.Hour}
	w.is.Abilities[0].Calls = 1
	get := func(wantLife time.Duration) string {
		t.Helper()
		r, err := w.run(sdk.OpAcquire, ann, Lives{Acquired: 3 * time.Hour})
		if err != nil || r.Life != wantLife {
			t.Errorf("%v, life %s, want %s", err, r.Life, wantLife)
		}
		return string(r.Value)
	}
	first := get(3 * time.Hour)
	w.clock.Set(noon.Add(90 * time.Minute))
	if get(90*time.Minute) != first {
		t.Error("another token while the first is fresh enough")
	}
	w.clock.Set(noon.Add(2 * time.Hour))
	if get(3*time.Hour) == first {
		t.Error("the same token in its last hour")
	}
}

// TestServiceTellsOfBrokenLimits calls as nobody may, and counts on the fingers.
func TestServiceTellsOfBrokenLimits(t *testing.T) {
	scope := []string{"account.id"}
	limits := map[string]sdk.Limit{
		"month":    {Name: "l", Scope: scope, Quota: &sdk.Quota{Count: 2, Per: sdk.CalendarMonth, Zone: "Asia/Shanghai"}},
		"day":      {Name: "l", Scope: scope, Quota: &sdk.Quota{Count: 2, Per: sdk.CalendarDay}},
		"hour":     {Name: "l", Scope: scope, Quota: &sdk.Quota{Count: 2, Per: sdk.CalendarHour}},
		"sliding":  {Name: "l", Scope: scope, Quota: &sdk.Quota{Count: 2, Sliding: time.Hour}},
		"interval": {Name: "l", Scope: scope, MinInterval: time.Minute},
		"lock-out": {Name: "l", Scope: scope, Lockout: &sdk.Lockout{Refusals: 2, Hold: time.Hour}},
		"renewals": {Name: "l", Scope: scope, Counts: []sdk.Operation{sdk.OpRenew}, MinInterval: 1000 * time.Hour},
	}
	for name, c := range map[string]struct {
		at     []time.Duration // after noon
		broken int
		peak   int
	}{
		"month":    {[]time.Duration{0, time.Hour, 2 * time.Hour, 21*24*time.Hour + 4*time.Hour}, 1, 3}, // in Shanghai April begins at 16:00 of the 31st
		"day":      {[]time.Duration{0, time.Hour, 2 * time.Hour, 12 * time.Hour}, 1, 3},
		"hour":     {[]time.Duration{0, 59 * time.Minute, 60 * time.Minute, 119 * time.Minute}, 0, 2},
		"sliding":  {[]time.Duration{0, 59 * time.Minute, 60 * time.Minute, 61 * time.Minute}, 1, 3},
		"interval": {[]time.Duration{0, 59 * time.Second, 2 * time.Minute, 3 * time.Minute}, 1, 0},
		"lock-out": {[]time.Duration{0, 0, 0, 0}, 0, 0},
		"renewals": {[]time.Duration{0, 0, 0}, 0, 0},
	} {
		w := newWorld(described(limits[name]))
		w.is.Abilities[0].Calls = 1
		for _, at := range c.at {
			w.clock.Set(noon.Add(at))
			for _, config := range []string{ann, `{"url":"http://shop.invalid","user":"bob","account":{"id":"two"}}`} {
				if _, err := w.run(sdk.OpAcquire, config, Lives{Acquired: time.Hour}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := len(w.service.Broken()); got != 2*c.broken {
			t.Errorf("%s: %d calls of two accounts broke it, want %d", name, got, 2*c.broken)
		}
		if quotas := w.service.Quotas(); len(quotas) > 0 && quotas[0].Peak != c.peak || len(quotas) > 1 || (len(quotas) > 0) != (limits[name].Quota != nil) {
			t.Errorf("%s: %+v, want a peak of %d", name, quotas, c.peak)
		}
	}
}

// TestClock passes time in no time, wakes where a timer would, and stops at its end.
func TestClock(t *testing.T) {
	ended := 0
	ctx, cancel := context.WithCancel(context.Background())
	c := NewClock(noon, noon.Add(time.Hour), func() { ended++; cancel() })
	nap := c.Nap(15 * time.Minute)
	for _, step := range []struct {
		wait func(context.Context, time.Duration) error
		d    time.Duration
		want time.Duration
	}{
		{c.Sleep, 61 * time.Second, 61 * time.Second}, {nap, time.Second, 15 * time.Minute}, {nap, 15 * time.Minute, 30 * time.Minute},
		{c.Sleep, -time.Minute, 30 * time.Minute}, {nap, 0, 30 * time.Minute}, {c.Nap(0), time.Second, 30*time.Minute + time.Second},
	} {
		if err := step.wait(ctx, step.d); err != nil || c.Now() != noon.Add(step.want) {
			t.Errorf("after a wait of %s it is %s later, %v", step.d, c.Now().Sub(noon), err)
		}
	}
	if err := nap(ctx, 40*time.Minute); err == nil || c.Now() != noon.Add(time.Hour) || ended != 1 {
		t.Errorf("at its end it is %s, ended %d times, %v", c.Now(), ended, err)
	}
	if err := c.Sleep(ctx, time.Second); err == nil || ended != 1 {
		t.Errorf("it goes on after its end: %v", err)
	}
	c.Set(noon.Add(2 * time.Hour))
	if c.Now() != noon.Add(time.Hour) {
		t.Errorf("it was put behind its end: %s", c.Now())
	}
}

// TestTighterIsNoBreach counts what a flow allows itself by what the vendor allows.
func TestTighterIsNoBreach(t *testing.T) {
	declared := sdk.Limit{Name: "l", Scope: []string{"user"}, Quota: &sdk.Quota{Count: 2, Per: sdk.CalendarDay}}
	w := newWorld(described(declared))
	w.is.Abilities[0].Calls = 1
	tight := declared
	tight.Quota = &sdk.Quota{Count: 1, Per: sdk.CalendarDay}
	w.is.Limits = []sdk.Limit{tight, {Name: "own", Scope: []string{"user"}, Quota: &sdk.Quota{Count: 1, Per: sdk.CalendarDay}}}
	for range 2 {
		if _, err := w.run(sdk.OpAcquire, ann, Lives{Acquired: time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]Breach{{At: noon, Limit: "own"}}, w.service.Broken()); diff != "" {
		t.Errorf("broken (-want +got):\n%s", diff)
	}
	if quotas := w.service.Quotas(); len(quotas) != 2 || quotas[0].Limit.Quota.Count != 2 || quotas[0].Peak != 2 {
		t.Errorf("%+v", quotas)
	}
}
