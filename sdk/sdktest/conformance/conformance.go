package conformance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/client"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// Patience is how soon a call must end that has nothing to wait for. It is generous: it tells a plugin that hangs from a slow machine.
const Patience = 10 * time.Second

// Subject is what is examined.
type Subject struct {
	// Start starts the plugin in a process of its own. The options say where all that it says is to go, and how long its calls may take; Start
	// adds what else it needs.
	Start func(ctx context.Context, o client.Options) (Process, error)
	// Inside is the same vendor in this process, where its operations can be seen to end and not only their calls; nil: it is not at hand.
	Inside sdk.Plugin
	// Patience is how long a cancelled operation may take to end; 0: [Patience].
	Patience time.Duration
	// Limit is how long an operation may take whose exchanges have their answers at once, and a call that makes none; 0: [Patience].
	Limit time.Duration
	// Begins is told the name of each check before it is made; nil: nobody wants to know.
	Begins func(check string)
}

// Process is a plugin that runs.
type Process interface {
	sdk.Plugin
	// Close ends the process. Calls fail from then on, with a *client.Error that has its last words.
	Close() error
	// Done is closed when the process has ended.
	Done() <-chan struct{}
}

// Report is what came of an examination.
type Report struct {
	// Description is what the plugin says of itself; empty where it did not start.
	Description sdk.Description
	Results     []Result // of all checks, in a fixed order
}

// Failed tells whether a check failed.
func (r Report) Failed() bool {
	for _, result := range r.Results {
		if result.Status == Failed {
			return true
		}
	}
	return false
}

// check is a part of an examination.
type check struct {
	name, about string
	scripted    bool // it needs a script
	do          func(*suite, context.Context)
}

// The checks that are not made one after the other: of how the process starts and ends, and of what was said in all others.
var (
	processCheck = check{name: "process", about: "The plugin starts, says what it is, stays, and ends when it is told to."}
	secretsCheck = check{name: "secrets", about: "No secret appears in a failure, a problem, a log line, or other output."}
)

// checks are the others, in order.
var checks = []check{
	{"schema", "The schema explains itself: everything has a doc, secrets are sensitive, limits and defaults make sense.", false, (*suite).schema},
	{"validation", "The script's configuration keeps the schema, and Check has nothing against it.", true, (*suite).validation},
	{"good", "What ends well does: the requests are as expected, and so are value and life.", true, (*suite).good},
	{"refused", "What the vendor refuses ends with the right class.", true, (*suite).refused},
	{"dead", "A renewal that comes too late ends with token_dead.", true, (*suite).dead},
	{"broken answers", "Every broken answer ends with its class, never with a credential.", false, (*suite).broken},
	{"odd answers", "Good answers that are written strangely are understood all the same.", true, (*suite).odd},
	{"arguments", "Nothing is sent without a required argument, and what may be left out may be left out.", false, (*suite).arguments},
	{"cancellation", "An operation ends when it is cancelled.", false, (*suite).cancellation},
	{"many at once", "Operations at the same time share nothing.", true, (*suite).many},
}

// noScript is why a check was left out.
const noScript = "there is no script"

// Run examines a plugin by a script, or without one where it is nil: then only what needs no answer of the vendor is examined. It returns when all
// is done, with the plugin stopped, or soon after ctx ends.
func Run(ctx context.Context, subject Subject, by *script.Script) Report {
	s := &suite{watch: &watch{}, inside: subject.Inside, patience: subject.Patience, limit: subject.Limit, unscripted: by == nil}
	if by != nil {
		s.script = by.Filled()
	}
	if s.patience == 0 {
		s.patience = Patience
	}
	if s.limit == 0 {
		s.limit = Patience
	}
	for _, secret := range s.script.Secrets {
		s.watch.learn(secret)
	}
	s.begins = subject.Begins
	s.begin(processCheck)
	process, err := subject.Start(ctx, client.Options{HostVersion: sdk.Version, Redact: s.watch.redact,
		Log: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: s.watch.lines("log")}), CallTimeout: s.limit})
	if err != nil {
		s.watch.fault(err)
		s.add(mendStart, "it does not start: %s", told(err))
		return s.failed()
	}
	s.process = process
	defer func() { _ = process.Close() }()
	if s.description, err = process.Describe(ctx); err != nil {
		s.watch.fault(err)
		s.add(mendStart, "it does not say what it is: %s", told(err))
		return s.failed()
	}
	s.end()
	if s.unscripted {
		s.makeUp(ctx)
	}
	for _, c := range checks {
		s.make(ctx, c)
	}
	s.begin(secretsCheck)
	s.lastWords(ctx)
	for _, leak := range s.watch.leaks() {
		s.add(mendLeak, "%s", leak)
	}
	s.end()
	return s.report()
}

// told is an error with the last lines that the plugin wrote.
func told(err error) string {
	var e *client.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := fmt.Sprintf("the plugin %s", e.Problem)
	for _, line := range e.Stderr {
		text += "\n  it wrote: " + line
	}
	return text
}

// make makes one check, where it can be made.
func (s *suite) make(ctx context.Context, c check) {
	s.begin(c)
	switch {
	case s.over != "":
		s.skip("%s", s.over)
	case ctx.Err() != nil:
		s.skip("it was interrupted")
	case c.scripted && s.unscripted:
		s.skip(noScript)
	default:
		s.examined = true
		c.do(s, ctx)
		s.lookAfter(c)
	}
	s.end()
}

// lookAfter notes that the process has ended, which it must not before it is told to. Nothing more can be asked of it then.
func (s *suite) lookAfter(c check) {
	select {
	case <-s.process.Done():
		s.over = "the process ended in the check of " + c.name
		s.lost = Finding{Problem: "the process ended before it was told to, in the check of: " + c.name, Advice: mendEnd}
	default:
	}
	if s.hung {
		s.over = "an operation hung in the check of " + c.name
	}
}

// lastWords stops the process and notes what it wrote: a call that must fail brings its last lines.
func (s *suite) lastWords(ctx context.Context) {
	_ = s.process.Close()
	_, err := s.process.Run(ctx, sdk.Run{Operation: sdk.OpAcquire, Config: []byte(`{}`)})
	var e *client.Error
	if errors.As(err, &e) {
		s.watch.fault(err)
	}
}

// failed is the report on a plugin that did not start.
func (s *suite) failed() Report {
	s.end()
	s.over = "the plugin does not start"
	for _, c := range append(checks[:len(checks):len(checks)], secretsCheck) {
		s.begin(c)
		s.examined = false
		s.skip("%s", s.over)
		s.end()
	}
	return s.report()
}

// report is what was found, without the secrets that are known.
func (s *suite) report() Report {
	if s.lost.Problem != "" {
		s.results[0].Status, s.results[0].Findings = Failed, append(s.results[0].Findings, s.lost)
	}
	for i := range s.results {
		for j := range s.results[i].Findings {
			s.results[i].Findings[j].Problem = s.watch.hide(s.results[i].Findings[j].Problem)
		}
		for j, why := range s.results[i].Skipped {
			s.results[i].Skipped[j] = s.watch.hide(why)
		}
	}
	return Report{Description: s.description, Results: s.results}
}
