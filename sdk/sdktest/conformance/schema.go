package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"sync"
	"time"
	_ "time/tzdata" // zones must be known wherever the test runs

	"github.com/authrun/authrun/sdk"
)

// secretNames are names whose values are secrets.
var secretNames = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(^|_)(password|passwd|passphrase|secret|private_key)(_|$)|token$|security$`)
})

// mostCalls is the largest number of exchanges of one operation that makes sense.
const mostCalls = 10

// schema checks what neither the SDK nor the host refuses, and only an author would mind.
func (s *suite) schema(ctx context.Context) {
	d := s.description
	if s.inside != nil {
		if own, err := s.inside.Describe(ctx); err != nil || !bytes.Equal(encode(own), encode(d)) {
			s.add(mendSchema, "the process describes itself otherwise than the vendor in this process: %v", err)
		}
	}
	if d.Doc == "" {
		s.add(mendDoc, "the vendor has no doc")
	}
	account, endpoint := false, false
	for _, a := range d.Config.Attributes {
		account, endpoint = account || a.Account, endpoint || a.Endpoint
	}
	if !account {
		s.add(mendAccount, "no argument is part of the account")
	}
	if !endpoint {
		s.add(mendEndpoint, "no argument is an endpoint")
	}
	s.block("argument", d.Config)
	s.block("attribute", d.Credential)
	for _, a := range d.Abilities {
		if a.Calls < 1 || a.Calls > mostCalls {
			s.add(mendCalls, "%s declares %d exchanges", a.Operation, a.Calls)
		}
	}
	for _, l := range d.Limits {
		s.bound(l)
	}
}

// block checks the attributes of a block and of those nested in it.
func (s *suite) block(what string, b sdk.Block) {
	for _, a := range b.Attributes {
		if a.Doc == "" {
			s.add(mendDoc, "%s %s has no doc", what, a.Name)
		}
		if secretNames().MatchString(a.Name) && !a.Sensitive && !a.Private {
			s.add(mendSecret, "%s %s has a secret's name and is not sensitive", what, a.Name)
		}
		if a.Default != nil {
			var value any
			if err := json.Unmarshal(a.Default, &value); err != nil {
				s.add(mendSchema, "%s %s: its default is not JSON", what, a.Name)
			} else if problem := misfit(a, value); problem != "" {
				s.add(mendSchema, "%s %s: its default %s", what, a.Name, problem)
			}
		}
	}
	for _, n := range b.Blocks {
		if n.Block.Doc == "" {
			s.add(mendDoc, "block %s has no doc", n.Name)
		}
		s.block(what+" "+n.Name+".", n.Block)
	}
}

// bound checks a limit.
func (s *suite) bound(l sdk.Limit) {
	for _, name := range l.Scope {
		if _, ok := s.description.Config.Attribute(name); !ok {
			s.add(mendSchema, "limit %s: its scope %s is no argument", l.Name, name)
		}
	}
	if l.Quota == nil {
		return
	}
	if _, err := time.LoadLocation(l.Quota.Zone); err != nil {
		s.add(mendSchema, "limit %s: there is no time zone %q", l.Name, l.Quota.Zone)
	}
}

// misfit says why a value that is not null does not keep the rules of its attribute; "" where it does. The type is left to the SDK.
func misfit(a sdk.Attribute, value any) string {
	text, isText := value.(string)
	if a.Match != "" && isText {
		re, err := regexp.Compile("^(?:" + a.Match + ")$")
		if err != nil || !re.MatchString(text) {
			return "does not match"
		}
	}
	if a.Format == "duration" {
		if _, err := sdk.ParseDuration(text); err != nil {
			return "is not a duration"
		}
	}
	if a.Endpoint && originOf(value) == "" {
		return "is not a URL"
	}
	if number, err := json.Number(fmt.Sprint(value)).Float64(); err == nil && !isText {
		if a.Min != nil && number < *a.Min || a.Max != nil && number > *a.Max {
			return "is out of bounds"
		}
		if a.Whole && number != float64(int64(number)) {
			return "is not whole"
		}
	}
	if len(a.OneOf) == 0 {
		return ""
	}
	for _, one := range a.OneOf {
		if bytes.Equal(one, encode(value)) {
			return ""
		}
	}
	return "is none of its choices"
}
