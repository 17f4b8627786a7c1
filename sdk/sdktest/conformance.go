package sdktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
	"github.com/authrun/authrun/sdk/plugin"
)

// checks are the parts of an examination, in order.
var checks = []struct {
	name string
	do   func(*suite, context.Context)
}{
	{"schema", (*suite).schema},
	{"validation", (*suite).validation},
	{"good", (*suite).good},
	{"refused", (*suite).refused},
	{"dead", (*suite).dead},
	{"broken answers", (*suite).broken},
	{"odd answers", (*suite).odd},
	{"arguments", (*suite).arguments},
	{"cancellation", (*suite).cancellation},
	{"many at once", (*suite).many},
}

// Conformance examines a vendor; see the package's comment for what it checks. The package's TestMain must call [Main] with the same vendor.
// Each part of the examination is a subtest.
func Conformance(t *testing.T, v plugin.Vendor, script Script) {
	t.Helper()
	if isPlugin() { // and Main is not called: this process would start itself for ever
		fmt.Fprintln(os.Stderr, "sdktest: TestMain does not call sdktest.Main")
		os.Exit(1)
	}
	found := examine(t.Context(), v, script, promptly)
	names := []string{"process"}
	for _, c := range checks {
		names = append(names, c.name)
	}
	for _, name := range append(names, "secrets") {
		t.Run(name, func(t *testing.T) {
			for _, f := range found {
				if f.check == name {
					t.Error(f.text)
				}
			}
		})
	}
}

// examine does all checks and gives what they found. Patience is how long a call may take to end once it is cancelled.
func examine(ctx context.Context, v plugin.Vendor, script Script, patience time.Duration) []finding {
	s := &suite{script: script, watch: &watch{}, check: "process", patience: patience}
	for _, secret := range script.Secrets {
		s.watch.learn(secret)
	}
	var err error
	if s.inside, err = v.Plugin(); err != nil {
		s.add("the vendor's declaration is wrong: %v", err)
		return s.found
	}
	if s.description, err = s.inside.Describe(ctx); err != nil {
		s.add("the vendor does not say what it is: %v", err)
		return s.found
	}
	process, stop, err := start(ctx, s.description.Vendor, s.watch)
	if err != nil {
		s.add("it does not start: %v", err)
		return s.found
	}
	defer stop()
	s.process = process
	for _, c := range checks {
		s.check = c.name
		c.do(s, ctx)
		if s.over(process) {
			break
		}
	}
	s.check = "secrets"
	s.lastWords(ctx, process, stop)
	for _, leak := range s.watch.leaks() {
		s.add("%s", leak)
	}
	for i, f := range s.found {
		s.found[i].text = s.watch.hide(f.text)
	}
	return s.found
}

// over notes that the process has ended, which it must not before it is told to. Nothing more can be asked of it then.
func (s *suite) over(process *client.Process) bool {
	select {
	case <-process.Done():
		s.found = append(s.found, finding{"process", "the process ended before it was told to, in the check of: " + s.check})
		return true
	default:
		return false
	}
}

// lastWords stops the process and notes what it wrote: a call that must fail brings its last lines.
func (s *suite) lastWords(ctx context.Context, process *client.Process, stop func()) {
	stop()
	_, err := process.Run(ctx, sdk.Run{Operation: sdk.OpAcquire, Config: []byte(`{}`)})
	var e *client.Error
	if !errors.As(err, &e) {
		s.add("a process that was stopped still answers: %v", err)
		return
	}
	s.watch.fault(err)
}

// good plays the operations that end well. The first credential is held from then on.
func (s *suite) good(ctx context.Context) {
	for i, c := range s.cases(s.script.Good, sdk.OpAcquire) {
		o := s.perform(ctx, s.process, c, nil)
		s.compare(c, o)
		if o.err != nil {
			continue
		}
		s.sound = append(s.sound, c)
		if i == 0 && c.Operation == sdk.OpAcquire {
			s.held = &sdk.Held{Value: o.result.Value, Private: o.result.Private, MadeBy: s.description.Version}
		}
	}
	for _, a := range s.description.Abilities {
		if len(s.only(s.script.Good, a.Operation)) == 0 {
			s.add("the script has no good case of %s", a.Operation)
		}
	}
}

// refused plays the operations that the vendor refuses.
func (s *suite) refused(ctx context.Context) {
	for _, c := range s.cases(s.script.Refused, sdk.OpAcquire) {
		if c.Class == "" {
			s.add("%s: the script says no class", c.Name)
			continue
		}
		s.compare(c, s.perform(ctx, s.process, c, nil))
	}
	if len(s.only(s.script.Refused, sdk.OpAcquire)) == 0 {
		s.add("the script has no refused acquire")
	}
}

// dead plays the renewals that find the token dead.
func (s *suite) dead(ctx context.Context) {
	for _, c := range s.cases(s.script.Dead, sdk.OpRenew) {
		if c.Class == "" {
			c.Class = sdk.TokenDead
		}
		s.compare(c, s.perform(ctx, s.process, c, nil))
	}
	if _, renews := s.description.Can(sdk.OpRenew); renews && len(s.script.Dead) == 0 {
		s.add("the script has no dead token")
	}
}

// cases are cases of the script with what they leave open.
func (s *suite) cases(list []Case, operation sdk.Operation) []Case {
	filled := make([]Case, len(list))
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
func (s *suite) only(list []Case, operation sdk.Operation) (found []Case) {
	for _, c := range s.cases(list, sdk.OpAcquire) {
		if c.Operation == operation {
			found = append(found, c)
		}
	}
	return found
}

// compare notes where an operation did not go as its case says.
func (s *suite) compare(c Case, o outcome) {
	for _, text := range o.wrong {
		s.add("%s: %s", c.Name, text)
	}
	if o.made < len(c.Exchanges) {
		s.add("%s: it made %d exchanges, and the script has %d", c.Name, o.made, len(c.Exchanges))
	}
	f := failureOf(o.err)
	switch {
	case o.err != nil && f == nil: // perform has said so
	case c.Class == "" && f != nil:
		s.add("%s: it failed: %v", c.Name, f)
	case c.Class != "" && f == nil:
		s.add("%s: it ended well, want a failure of class %s", c.Name, c.Class)
	case f != nil:
		if f.Class != c.Class {
			s.add("%s: it failed with class %s, want %s (%s)", c.Name, f.Class, c.Class, f.Text)
		}
		if want, err := sdk.ParseDuration(c.RetryAfter); c.RetryAfter != "" && (err != nil || want != f.RetryAfter) {
			s.add("%s: it says to try again after %v, want %s", c.Name, f.RetryAfter, c.RetryAfter)
		}
	default:
		s.compareResult(c, o.result)
	}
}

// compareResult notes where a credential is not what its case says.
func (s *suite) compareResult(c Case, r sdk.Result) {
	if c.Operation == sdk.OpRevoke {
		return
	}
	if got := r.Value == nil; got != c.Same {
		s.add("%s: the held value lives on: %v, want %v", c.Name, got, c.Same)
	}
	if life, err := sdk.ParseDuration(c.Life); c.Life == "forever" && !r.Eternal || c.Life != "forever" && c.Life != "" && (err != nil || r.Eternal || life != r.Life) {
		s.add("%s: the life is %v (for ever: %v), want %s", c.Name, r.Life, r.Eternal, c.Life)
	}
	got := decode(r.Value)
	for name, value := range decode(r.Private) {
		got[name] = value
	}
	for name, value := range decode(encode(c.Value)) {
		for _, text := range compareJSON("attribute "+name, value, got[name], func(text string) string { return text }) {
			s.add("%s: %s", c.Name, text)
		}
	}
}
