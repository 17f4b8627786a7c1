package conformance

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// validation checks that the script's configuration keeps the schema, and that Check has nothing against it.
func (s *suite) validation(ctx context.Context) {
	config := s.config(script.Case{})
	for _, text := range misfits(s.description.Config, config) {
		s.add(mendConfig, "the script's configuration: %s", text)
	}
	for _, name := range slices.Sorted(maps.Keys(s.script.Config)) {
		if !declared(s.description.Config, name) {
			s.add(mendConfig, "the script's configuration: %s is no argument", name)
		}
	}
	for _, a := range s.description.Config.Attributes {
		if text, ok := config[a.Name].(string); a.Sensitive && a.Required && ok && len(text) < shortestSecret {
			s.lacks("the script's configuration: the secret %s is shorter than %d bytes, so it would not be found", a.Name, shortestSecret)
		}
	}
	s.learnFrom(config, s.description.Config)
	problems, err := s.process.Check(ctx, encode(config))
	if err != nil {
		s.watch.fault(err)
		s.add(mendFault, "Check: %s", told(err))
	}
	for _, p := range problems {
		s.watch.say("problem", p.Summary+" "+p.Detail)
		if !p.Warning {
			s.add(mendConfig, "Check refuses the script's configuration: %s: %s", p.Summary, p.Detail)
		}
	}
}

// arguments checks that a required argument is needed before anything is sent, and that what may be left out may be left out.
func (s *suite) arguments(ctx context.Context) {
	cases := s.only(s.sound, sdk.OpAcquire)
	if len(cases) == 0 {
		s.nothingSound()
		return
	}
	for _, a := range s.description.Config.Attributes {
		if a.Required {
			s.without(ctx, cases[0], a.Name)
		}
	}
	least := cases[0]
	least.Name = "with required arguments alone"
	least.Config = maps.Clone(least.Config)
	if least.Config == nil {
		least.Config = map[string]any{}
	}
	for _, a := range s.description.Config.Attributes {
		if !a.Required && a.Default == nil && !ruled(s.description.Config.Rules, a.Name) {
			least.Config[a.Name] = nil
		}
	}
	if o := s.perform(ctx, s.process, least, networkDown); o.err == nil && o.made > 0 {
		s.add(mendToken, "%s: it ended well although no exchange was answered", least.Name)
	}
}

// networkDown is a network that brings nobody anywhere.
func networkDown(int, *http.Request, script.Exchange) (*http.Response, error) {
	return nil, &sdk.Failure{Class: sdk.Unavailable, Text: "the network is down"}
}

// without runs a case without a required argument.
func (s *suite) without(ctx context.Context, c script.Case, name string) {
	c.Name = fmt.Sprintf("without the required argument %s", name)
	c.Config = maps.Clone(c.Config)
	if c.Config == nil {
		c.Config = map[string]any{}
	}
	c.Config[name] = nil
	side := s.aside()
	o := side.perform(ctx, s.process, c, nil) // what it ends with, a fault or a failure, does not matter
	if o.made > 0 {
		s.add(mendRequired, "%s: it made an exchange", c.Name)
	}
	s.hung = s.hung || side.hung
	if o.err == nil {
		s.add(mendRequired, "%s: it ended well", c.Name)
	}
	if f := failureOf(o.err); f != nil && f.Class != sdk.InvalidRequest && f.Class != sdk.InvalidCredentials {
		s.add(mendClass, "%s: it failed with class %s, want invalid_request", c.Name, f.Class)
	}
}

// misfits says where a configuration does not keep the schema.
func misfits(b sdk.Block, config map[string]any) (found []string) {
	for _, a := range b.Attributes {
		value := config[a.Name]
		if value == nil {
			if a.Required {
				found = append(found, a.Name+" is required and not set")
			}
			continue
		}
		if problem := misfit(a, value); problem != "" {
			found = append(found, a.Name+" "+problem)
		}
	}
	for _, rule := range b.Rules {
		set := 0
		for _, name := range rule.Names {
			if config[name] != nil {
				set++
			}
		}
		if rule.Kind == sdk.RuleExactlyOne && set != 1 || rule.Kind == sdk.RuleAtMostOne && set > 1 ||
			rule.Kind == sdk.RuleTogether && set != 0 && set != len(rule.Names) {
			found = append(found, fmt.Sprintf("the rule %s of %v does not hold", rule.Kind, rule.Names))
		}
	}
	return found
}

// ruled tells whether a rule is about that argument.
func ruled(rules []sdk.Rule, name string) bool {
	return slices.ContainsFunc(rules, func(r sdk.Rule) bool { return slices.Contains(r.Names, name) })
}

// declared tells whether b has an argument or a block of that name.
func declared(b sdk.Block, name string) bool {
	_, ok := b.Attribute(name)
	return ok || slices.ContainsFunc(b.Blocks, func(n sdk.Nested) bool { return n.Name == name })
}
