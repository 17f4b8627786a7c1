package catalog

import (
	"errors"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // a quota's time zone must be known on machines that have none

	"github.com/authrun/authrun/sdk"
)

// fit says what is wrong with a description, before anything relies on it. Types are left to who understands them. What a later version
// of the protocol adds (an operation, a placement) is no fault.
func fit(vendor string, d sdk.Description) error {
	if d.Vendor != vendor {
		return fmt.Errorf("it is for vendor %q", d.Vendor)
	}
	if d.Version == "" {
		return errors.New("it has no version")
	}
	if err := fitBlock(d.Config, place{reserved: reservedArguments}); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	if err := fitBlock(d.Credential, place{reserved: reservedAttributes, credential: true}); err != nil {
		return fmt.Errorf("credential: %w", err)
	}
	if err := fitAbilities(d.Abilities); err != nil {
		return err
	}
	if err := fitLimits(d); err != nil {
		return err
	}
	return fitToken(d.Token)
}

// maxCalls is the most exchanges that an operation may declare: it is the host's budget.
const maxCalls = 100

func fitAbilities(abilities []sdk.Ability) error {
	seen := make(map[sdk.Operation]bool)
	for _, a := range abilities {
		if seen[a.Operation] {
			return fmt.Errorf("operation %q is there twice", a.Operation)
		}
		seen[a.Operation] = true
		if a.Calls < 0 || a.Calls > maxCalls {
			return fmt.Errorf("operation %q makes %d exchanges; 0 to %d are possible", a.Operation, a.Calls, maxCalls)
		}
	}
	if !seen[sdk.OpAcquire] {
		return fmt.Errorf("it cannot %s", sdk.OpAcquire)
	}
	return nil
}

func fitLimits(d sdk.Description) error {
	seen := make(map[string]bool)
	for _, l := range d.Limits {
		switch {
		case !validName(l.Name):
			return fmt.Errorf("limit %q has no valid name", l.Name)
		case seen[l.Name]:
			return fmt.Errorf("limit %q is there twice", l.Name)
		case len(l.Scope) == 0:
			return fmt.Errorf("limit %q has no scope", l.Name)
		}
		seen[l.Name] = true
		for _, name := range l.Scope {
			if _, ok := d.Config.Attribute(name); !ok {
				return fmt.Errorf("limit %q has the scope %q, which is no argument", l.Name, name)
			}
		}
		if err := fitLimit(l); err != nil {
			return fmt.Errorf("limit %q: %w", l.Name, err)
		}
	}
	return nil
}

func fitLimit(l sdk.Limit) error {
	kinds := 0
	for _, set := range []bool{l.Quota != nil, l.MinInterval != 0, l.Lockout != nil} {
		if set {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return errors.New("it has to be a quota, an interval or a lock-out")
	case l.MinInterval < 0:
		return errors.New("its interval is negative")
	case l.Lockout != nil && (l.Lockout.Refusals < 1 || l.Lockout.Hold <= 0):
		return errors.New("its lock-out has no refusals or no hold")
	case l.Quota != nil:
		return fitQuota(*l.Quota)
	}
	return nil
}

func fitQuota(q sdk.Quota) error {
	calendar := slices.Contains([]sdk.Calendar{sdk.CalendarHour, sdk.CalendarDay, sdk.CalendarMonth}, q.Per)
	switch {
	case q.Count < 1:
		return errors.New("its quota is less than one")
	case q.Per != "" && !calendar:
		return fmt.Errorf("its quota is per %q, which this authrun does not know", q.Per)
	case calendar == (q.Sliding > 0), q.Sliding < 0:
		return errors.New("its quota has to be of the calendar or of a sliding window")
	}
	if _, err := time.LoadLocation(q.Zone); err != nil {
		return fmt.Errorf("its quota has the time zone %q, which is not known", q.Zone)
	}
	return nil
}

func fitToken(t sdk.Token) error {
	if !slices.Contains([]sdk.Second{sdk.UnknownSecond, sdk.KeepsFirst, sdk.KillsFirst, sdk.SameToken}, t.Second) {
		return fmt.Errorf("a second acquire does %q to the first token, which this authrun does not know", t.Second)
	}
	if t.FreshWithin < 0 || t.Overlap < 0 {
		return errors.New("the token has a negative time")
	}
	for _, p := range t.Use {
		if p.Name == "" || p.Value == "" {
			return errors.New("a placement of the token has no name or no value")
		}
	}
	for _, e := range t.Dead {
		if e.Status == 0 && e.Pointer == "" {
			return errors.New("an evidence of a dead token says nothing")
		}
	}
	return nil
}
