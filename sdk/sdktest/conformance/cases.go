package conformance

import (
	"context"
	"fmt"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// mostRecorded is how many recorded cases of an operation are broken further: a record of a month has hundreds that are alike.
const mostRecorded = 2

// lifeSlack is how far the life of a recorded case may be from the recorded one, whose clock went on during its exchanges.
const lifeSlack = 5 * time.Second

// good plays the operations that end well. The first credential is held from then on.
func (s *suite) good(ctx context.Context) {
	s.examined = len(s.script.Good) > 0
	for i, c := range s.cases(s.script.Good, sdk.OpAcquire) {
		o := s.perform(ctx, s.process, c, nil)
		s.compare(c, o)
		if o.err != nil {
			continue
		}
		if !c.Recorded() || len(s.of(s.sound, c.Operation)) < mostRecorded {
			s.sound = append(s.sound, c)
		}
		if (i == 0 || c.Recorded() && s.held == nil) && c.Operation == sdk.OpAcquire {
			s.held = &sdk.Held{Value: o.result.Value, Private: o.result.Private, MadeBy: s.description.Version}
		}
	}
	for _, a := range s.description.Abilities {
		if len(s.only(s.script.Good, a.Operation)) == 0 {
			s.lacks("the script has no good case of %s", a.Operation)
		}
	}
}

// refused plays the operations that the vendor refuses.
func (s *suite) refused(ctx context.Context) {
	s.examined = len(s.script.Refused) > 0
	for _, c := range s.cases(s.script.Refused, sdk.OpAcquire) {
		if c.Class == "" {
			s.add(mendScript, "%s: the script says no class", c.Name)
			continue
		}
		s.compare(c, s.perform(ctx, s.process, c, nil))
	}
	if len(s.only(s.script.Refused, sdk.OpAcquire)) == 0 {
		s.lacks("the script has no refused acquire")
	}
}

// dead plays the renewals that find the token dead.
func (s *suite) dead(ctx context.Context) {
	s.examined = len(s.script.Dead) > 0
	for _, c := range s.cases(s.script.Dead, sdk.OpRenew) {
		if c.Class == "" {
			c.Class = sdk.TokenDead
		}
		s.compare(c, s.perform(ctx, s.process, c, nil))
	}
	_, renews := s.description.Can(sdk.OpRenew)
	switch {
	case len(s.script.Dead) > 0:
	case renews:
		s.lacks("the script has no dead token")
	default:
		s.skip("the plugin declares no renewal")
	}
}

// cases are cases of the script with what they leave open.
func (s *suite) cases(list []script.Case, operation sdk.Operation) []script.Case {
	filled := make([]script.Case, len(list))
	for i, c := range list {
		if c.Operation == "" {
			c.Operation = operation
		}
		if c.Name == "" {
			c.Name = fmt.Sprintf("case %d", i+1)
		}
		filled[i] = c
	}
	return filled
}

// only are the cases of one operation, of a list whose default is acquire.
func (s *suite) only(list []script.Case, operation sdk.Operation) []script.Case {
	return s.of(s.cases(list, sdk.OpAcquire), operation)
}

// of are the cases of one operation, of a list that leaves nothing open.
func (s *suite) of(list []script.Case, operation sdk.Operation) (found []script.Case) {
	for _, c := range list {
		if c.Operation == operation {
			found = append(found, c)
		}
	}
	return found
}

// compare notes where an operation did not go as its case says.
func (s *suite) compare(c script.Case, o outcome) {
	for _, text := range o.wrong {
		s.add(mendRequest, "%s: %s", c.Name, text)
	}
	if o.made < len(c.Exchanges) && o.err != errHung {
		s.add(mendRequest, "%s: it made %d exchanges, and the script has %d", c.Name, o.made, len(c.Exchanges))
	}
	f := failureOf(o.err)
	switch {
	case o.err != nil && f == nil: // perform has said so
	case c.Class == "" && f != nil:
		s.add(mendGood, "%s: it failed: %v", c.Name, f)
	case c.Class != "" && f == nil:
		s.add(mendClass, "%s: it ended well, want a failure of class %s", c.Name, c.Class)
	case f != nil:
		if f.Class != c.Class {
			s.add(mendClass, "%s: it failed with class %s, want %s (%s)", c.Name, f.Class, c.Class, f.Text)
		}
		if want, err := sdk.ParseDuration(c.RetryAfter); c.RetryAfter != "" && (err != nil || want != f.RetryAfter) {
			s.add(mendRetry, "%s: it says to try again after %v, want %s", c.Name, f.RetryAfter, c.RetryAfter)
		}
	default:
		s.compareResult(c, o.result)
	}
}

// compareResult notes where a credential is not what its case says.
func (s *suite) compareResult(c script.Case, r sdk.Result) {
	if c.Operation == sdk.OpRevoke {
		return
	}
	if got := r.Value == nil; got != c.Same {
		s.add(mendValue, "%s: the held value lives on: %v, want %v", c.Name, got, c.Same)
	}
	if !lives(c, r) {
		s.add(mendLife, "%s: the life is %v (for ever: %v), want %s", c.Name, r.Life, r.Eternal, c.Life)
	}
	got := decode(r.Value)
	for name, value := range decode(r.Private) {
		got[name] = value
	}
	for name, value := range decode(encode(c.Value)) {
		for _, text := range script.Compare("attribute "+name, value, got[name], func(text string) string { return text }) {
			s.add(mendValue, "%s: %s", c.Name, text)
		}
	}
}

// lives tells whether a credential has the life that its case says, if it says one.
func lives(c script.Case, r sdk.Result) bool {
	switch {
	case c.Life == "":
		return true
	case c.Life == "forever" || r.Eternal:
		return c.Life == "forever" && r.Eternal
	}
	life, err := sdk.ParseDuration(c.Life)
	if c.Recorded() {
		return err == nil && (life-r.Life).Abs() <= lifeSlack
	}
	return err == nil && life == r.Life
}
