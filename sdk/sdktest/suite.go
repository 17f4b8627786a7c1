package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// promptly is how soon a call must end that has nothing to wait for. It is generous: it tells a plugin that hangs from a slow machine.
const promptly = 10 * time.Second

// finding is something wrong with a vendor or its script.
type finding struct{ check, text string }

// suite is one examination of a vendor.
type suite struct {
	script      Script
	process     sdk.Plugin // the vendor in a process of its own
	inside      sdk.Plugin // and in this one, where it can be seen to end
	description sdk.Description
	watch       *watch
	held        *sdk.Held // what the first good case gave
	sound       []Case    // the good cases that went well; the others are not broken any further
	patience    time.Duration

	check string // under way
	found []finding
}

// add notes a finding of the check under way.
func (s *suite) add(format string, args ...any) {
	s.found = append(s.found, finding{s.check, fmt.Sprintf(format, args...)})
}

// now is the host's clock.
func (s *suite) now() time.Time {
	if s.script.Now.IsZero() {
		return time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	}
	return s.script.Now
}

// aside is a suite for a goroutine of its own: what it finds is not yet among what s found.
func (s *suite) aside() *suite {
	side := *s
	side.found = nil
	return &side
}

// play is how a stage answers in the place of its script.
type play = func(n int, req *http.Request, scripted Answer) (*http.Response, error)

// outcome is how one operation went.
type outcome struct {
	result sdk.Result
	err    error
	made   int      // exchanges
	wrong  []string // with the requests
}

// perform runs a case by p, with answers from the script unless instead gives another. It notes all that is said and learned, and what is
// wrong whatever the case: more exchanges than declared, a fault in the place of a failure.
func (s *suite) perform(ctx context.Context, p sdk.Plugin, c Case, instead play) outcome {
	config := s.config(c)
	held := s.heldBy(c)
	st := &stage{exchanges: c.Exchanges, origins: s.origins(config), play: instead, fill: filler(config, held)}
	run := sdk.Run{Operation: c.Operation, Config: encode(config), Held: held, Transport: st, Now: s.now, Learn: s.watch.learn}
	s.learnFrom(config, s.description.Config)
	if held == nil && c.Operation != sdk.OpAcquire {
		return outcome{err: errors.New("nothing is held, since the first good case is no acquire that ends well")}
	}
	var o outcome
	o.result, o.err = p.Run(ctx, run)
	o.made, o.wrong = st.report()
	s.learnFrom(decode(o.result.Value), s.description.Credential)
	s.learnFrom(decode(o.result.Private), s.description.Credential)
	s.watch.say("text", o.result.Text)
	if calls, ok := s.description.Can(c.Operation); ok && o.made > calls {
		s.add("%s: it made %d exchanges and declares %d", c.Name, o.made, calls)
	}
	f := failureOf(o.err)
	switch {
	case o.err == nil:
	case f != nil:
		s.watch.say("failure", f.Error()+" "+strings.Join(f.Path, "."))
		if strings.Contains(f.Text, "bug in the plugin") {
			s.add("%s: %s", c.Name, f.Text)
		}
	case ctx.Err() == nil:
		s.watch.fault(o.err)
		s.add("%s: it did not end with a credential or a failure: %v", c.Name, o.err)
	}
	return o
}

// failureOf is the failure in err, nil where there is none.
func failureOf(err error) *sdk.Failure {
	var f *sdk.Failure
	errors.As(err, &f)
	return f
}

// config is the whole configuration of a case, as a host gives it: with defaults, and null for what is not set.
func (s *suite) config(c Case) map[string]any {
	config := map[string]any{}
	for _, a := range s.description.Config.Attributes {
		config[a.Name] = nil
		if a.Default != nil {
			var value any
			_ = json.Unmarshal(a.Default, &value) // a default that is no JSON is the schema's finding
			config[a.Name] = value
		}
	}
	for name, value := range s.script.Config {
		config[name] = value
	}
	for name, value := range c.Config {
		config[name] = value
	}
	return config
}

// heldBy is what is held in a case; nil where nothing is.
func (s *suite) heldBy(c Case) *sdk.Held {
	if c.Operation == sdk.OpAcquire || s.held == nil {
		return nil
	}
	open, private := decode(s.held.Value), decode(s.held.Private)
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

// learnFrom notes the secrets among values.
func (s *suite) learnFrom(values map[string]any, schema sdk.Block) {
	for name, value := range values {
		a, known := schema.Attribute(name)
		if name != "token" && (!known || !a.Sensitive && !a.Private) {
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

// filler replaces "$config.NAME" and "$held.NAME" in a text.
func filler(config map[string]any, held *sdk.Held) func(string) string {
	values := map[string]map[string]any{"config": config, "held": {}}
	if held != nil {
		values["held"] = decode(held.Value)
		for name, value := range decode(held.Private) {
			values["held"][name] = value
		}
	}
	placeholder := regexp.MustCompile(`\$(config|held)\.([a-z][a-z0-9_]*)`)
	return func(text string) string {
		return placeholder.ReplaceAllStringFunc(text, func(found string) string {
			parts := placeholder.FindStringSubmatch(found)
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
		panic("sdktest: the script cannot be written as JSON: " + err.Error())
	}
	return raw
}

// decode is a JSON object as a map; empty where it is none.
func decode(raw json.RawMessage) map[string]any {
	v, _ := parseJSON(raw)
	if members, ok := v.(map[string]any); ok {
		return members
	}
	return map[string]any{}
}
