package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// suite is one examination of a vendor.
type suite struct {
	script      script.Script
	unscripted  bool       // there is none: what is in script was made up
	process     Process    // the vendor in a process of its own
	inside      sdk.Plugin // and in this one, where it can be seen to end; may be nil
	description sdk.Description
	watch       *watch
	held        *sdk.Held     // what the first good case gave
	sound       []script.Case // the good cases that went well; the others are not broken any further
	unsound     string        // why there are none, where there is no script
	patience    time.Duration // with what was cancelled
	limit       time.Duration // of an operation that has nothing to wait for

	begins   func(check string) // told of each check; may be nil
	under    check              // under way
	found    []Finding
	skipped  []string
	examined bool

	results []Result
	lost    Finding // that the process ended; empty: it did not
	hung    bool    // an operation did not end: no more is begun
	over    string  // why no more checks can be made; empty: they can
}

// begin begins a check.
func (s *suite) begin(c check) {
	s.under, s.found, s.skipped, s.examined = c, nil, nil, c.do == nil
	if s.begins != nil {
		s.begins(c.name)
	}
}

// end ends the check that was begun.
func (s *suite) end() {
	s.results = append(s.results, s.under.result(s.found, s.skipped, s.examined))
}

// add notes a finding of the check under way, and what to do about it.
func (s *suite) add(advice, format string, args ...any) {
	s.found = append(s.found, Finding{Problem: fmt.Sprintf(format, args...), Advice: advice})
}

// skip notes what was left out of the check under way.
func (s *suite) skip(format string, args ...any) {
	if why := fmt.Sprintf(format, args...); !slices.Contains(s.skipped, why) {
		s.skipped = append(s.skipped, why)
	}
}

// lacks notes what a script does not have: a written one should, a record shows what happened.
func (s *suite) lacks(format string, args ...any) {
	if s.script.RecordedBy != "" {
		s.skip(strings.Replace(format, "the script", "the record", 1), args...)
		return
	}
	s.add(mendScript, format, args...)
}

// now is the host's clock in a case.
func (s *suite) now(c script.Case) time.Time {
	switch {
	case c.Recorded():
		return c.Time
	case s.script.Now.IsZero():
		return time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	}
	return s.script.Now
}

// aside is a suite for a goroutine of its own: what it finds is not yet among what s found.
func (s *suite) aside() *suite {
	side := *s
	side.found, side.skipped = nil, nil
	return &side
}

// join takes over what a suite aside found.
func (s *suite) join(side *suite) {
	s.found = append(s.found, side.found...)
	s.hung = s.hung || side.hung
}

// play is how a stage answers in the place of its script.
type play = func(n int, req *http.Request, scripted script.Exchange) (*http.Response, error)

// outcome is how one operation went.
type outcome struct {
	result sdk.Result
	err    error
	made   int      // exchanges
	wrong  []string // with the requests
}

// errHung is that nothing more is begun, because an operation did not end.
var errHung = errors.New("an operation before it did not end")

// perform runs a case by p, with answers from the script unless instead gives another. It notes all that is said and learned, and what is
// wrong whatever the case: more exchanges than declared, a fault in the place of a failure, an operation that does not end.
func (s *suite) perform(ctx context.Context, p sdk.Plugin, c script.Case, instead play) outcome {
	if s.hung {
		return outcome{err: errHung}
	}
	config := s.config(c)
	held := s.heldBy(c)
	st := &stage{exchanges: c.Exchanges, origins: s.origins(config), play: instead, insert: inserter(config, held)}
	run := sdk.Run{Operation: c.Operation, Config: encode(config), Held: held, Transport: st, Now: func() time.Time { return s.now(c) },
		Learn: s.watch.learn}
	s.learnFrom(config, s.description.Config)
	if held == nil && c.Operation != sdk.OpAcquire {
		return outcome{err: errors.New("nothing is held, since the first good case is no acquire that ends well")}
	}
	limited, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	var o outcome
	o.result, o.err = p.Run(limited, run)
	o.made, o.wrong = st.report()
	s.learnFrom(decode(o.result.Value), s.description.Credential)
	s.learnFrom(decode(o.result.Private), s.description.Credential)
	s.watch.say("text", o.result.Text)
	s.judge(ctx, limited, c, o)
	return o
}

// judge notes what is wrong with the end of an operation whatever its case.
func (s *suite) judge(ctx, limited context.Context, c script.Case, o outcome) {
	if calls, ok := s.description.Can(c.Operation); ok && o.made > calls {
		s.add(mendCalls, "%s: it made %d exchanges and declares %d", c.Name, o.made, calls)
	}
	f := failureOf(o.err)
	switch {
	case o.err == nil:
	case f != nil:
		s.watch.say("failure", f.Error()+" "+strings.Join(f.Path, "."))
		if strings.Contains(f.Text, "bug in the plugin") {
			s.add(mendBug, "%s: %s", c.Name, f.Text)
		}
	case ctx.Err() != nil: // the caller's own doing
	case limited.Err() != nil:
		s.hung = true
		s.add(mendHang, "%s: it did not end within %v, although every exchange had its answer at once", c.Name, s.limit)
	default:
		s.watch.fault(o.err)
		s.add(mendFault, "%s: it did not end with a credential or a failure: %s", c.Name, told(o.err))
	}
}

// failureOf is the failure in err, nil where there is none.
func failureOf(err error) *sdk.Failure {
	var f *sdk.Failure
	errors.As(err, &f)
	return f
}

// config is the whole configuration of a case, as a host gives it: with defaults, and null for what is not set.
func (s *suite) config(c script.Case) map[string]any {
	config := map[string]any{}
	for _, a := range s.description.Config.Attributes {
		config[a.Name] = nil
		if a.Default != nil {
			value, _ := script.ParseJSON(a.Default) // a default that is no JSON is the schema's finding
			config[a.Name] = value
		}
	}
	if !c.Recorded() { // which has its own, whole
		for name, value := range s.script.Config {
			config[name] = value
		}
	}
	for name, value := range c.Config {
		config[name] = value
	}
	return config
}

// heldBy is what is held in a case; nil where nothing is.
func (s *suite) heldBy(c script.Case) *sdk.Held {
	if c.Operation == sdk.OpAcquire || s.held == nil && c.Held == nil {
		return nil
	}
	open, private := map[string]any{}, map[string]any{}
	if s.held != nil {
		open, private = decode(s.held.Value), decode(s.held.Private)
	}
	for name, value := range c.Held {
		if a, ok := s.description.Credential.Attribute(name); ok && a.Private {
			private[name] = value
		} else {
			open[name] = value
		}
	}
	s.learnFrom(open, s.description.Credential)
	s.learnFrom(private, s.description.Credential)
	held := &sdk.Held{Value: encode(open), MadeBy: s.description.Version}
	if len(private) > 0 {
		held.Private = encode(private)
	}
	return held
}

// learnFrom notes the secrets among values, those too that only their names tell.
func (s *suite) learnFrom(values map[string]any, schema sdk.Block) {
	for name, value := range values {
		a, known := schema.Attribute(name)
		if name != "token" && !secretNames().MatchString(name) && (!known || !a.Sensitive && !a.Private) {
			continue
		}
		if text, ok := value.(string); ok {
			s.watch.learn(text)
		}
	}
}

// origins are where exchanges may go.
func (s *suite) origins(config map[string]any) (found []string) {
	for _, a := range s.description.Config.Attributes {
		if origin := originOf(config[a.Name]); a.Endpoint && origin != "" {
			found = append(found, origin)
		}
	}
	return found
}

// inserter puts the values of "$config.NAME" and "$held.NAME" into a text.
func inserter(config map[string]any, held *sdk.Held) func(string) string {
	values := map[string]map[string]any{"config": config, "held": {}}
	if held != nil {
		values["held"] = decode(held.Value)
		for name, value := range decode(held.Private) {
			values["held"][name] = value
		}
	}
	reference := regexp.MustCompile(`\$(config|held)\.([a-z][a-z0-9_]*)`)
	return func(text string) string {
		return reference.ReplaceAllStringFunc(text, func(found string) string {
			parts := reference.FindStringSubmatch(found)
			if value, ok := values[parts[1]][parts[2]]; ok && value != nil {
				return fmt.Sprint(value)
			}
			return found
		})
	}
}

// encode is v as JSON; a script that holds what JSON has no words for is a mistake of the test.
func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("conformance: the script cannot be written as JSON: " + err.Error())
	}
	return raw
}

// decode is a JSON object as a map; empty where it is none.
func decode(raw json.RawMessage) map[string]any {
	v, _ := script.ParseJSON(raw)
	if members, ok := v.(map[string]any); ok {
		return members
	}
	return map[string]any{}
}
