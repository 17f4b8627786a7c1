package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/sdktest/script"
)

// makeUp makes what an examination without a script goes by: a configuration by the schema, and an acquire that makes any first request.
func (s *suite) makeUp(ctx context.Context) {
	config, err := madeUpConfig(s.description.Config)
	if err != nil {
		s.unsound = err.Error() + "; a script would have one"
		return
	}
	s.script.Config = config
	c := script.Case{Name: "acquire with made-up arguments", Operation: sdk.OpAcquire, Exchanges: make([]script.Exchange, 1)}
	side := s.aside()
	o := side.perform(ctx, s.process, c, networkDown)
	switch {
	case o.made > 0:
		s.sound = []script.Case{c}
	case o.err != nil:
		s.unsound = fmt.Sprintf("the plugin makes no exchange with made-up arguments (%s)", told(o.err))
	default:
		s.unsound = "the plugin makes no exchange with made-up arguments"
	}
	s.hung = side.hung
}

// madeUpConfig is a configuration that keeps a schema: a value for every argument that is required, or that a rule wants.
func madeUpConfig(b sdk.Block) (map[string]any, error) {
	wanted := map[string]bool{}
	for _, a := range b.Attributes {
		wanted[a.Name] = a.Required
	}
	for _, rule := range b.Rules {
		isWanted := func(name string) bool { return wanted[name] }
		switch {
		case rule.Kind == sdk.RuleExactlyOne && !slices.ContainsFunc(rule.Names, isWanted) && len(rule.Names) > 0:
			wanted[rule.Names[0]] = true
		case rule.Kind == sdk.RuleTogether && slices.ContainsFunc(rule.Names, isWanted):
			for _, name := range rule.Names {
				wanted[name] = true
			}
		}
	}
	config := map[string]any{}
	for _, a := range b.Attributes {
		if !wanted[a.Name] || a.Default != nil {
			continue
		}
		value, ok := madeUpValue(a)
		if !ok {
			return nil, fmt.Errorf("no value is known that the argument %s can have", a.Name)
		}
		config[a.Name] = value
	}
	for _, n := range b.Blocks {
		if n.Min == 0 {
			continue
		}
		inner, err := madeUpConfig(n.Block)
		if err != nil {
			return nil, err
		}
		blocks := make([]any, n.Min)
		for i := range blocks {
			blocks[i] = inner
		}
		config[n.Name] = blocks
	}
	return config, nil
}

// texts are values that patterns of vendors may allow.
var texts = []string{"made-up", "madeup12", "0123456789abcdef0123456789abcdef", "12345678", "MADEUP12", "1.0.0", "01234567-89ab-cdef-0123-456789abcdef",
	"made.up@vendor.example", "cn", "CN", "a", "1"}

// madeUpValue is a value that an attribute can have; ok is false where none is known.
func madeUpValue(a sdk.Attribute) (value any, ok bool) {
	if len(a.OneOf) > 0 {
		value, err := script.ParseJSON(a.OneOf[0])
		return value, err == nil
	}
	var name string
	if json.Unmarshal(a.Type, &name) != nil {
		var parts []json.RawMessage // ["list", ...] and its like
		if json.Unmarshal(a.Type, &parts) != nil || len(parts) == 0 || json.Unmarshal(parts[0], &name) != nil {
			return nil, false
		}
		if name == "map" || name == "object" {
			return map[string]any{}, true
		}
		return []any{}, true
	}
	switch {
	case name == "bool":
		return true, true
	case name == "number" && a.Min != nil:
		return *a.Min, true
	case name == "number" && a.Max != nil:
		return *a.Max, true
	case name == "number":
		return 1, true
	case a.Endpoint:
		return "https://vendor.example", true
	case a.Format == "duration":
		return "1m", true
	}
	candidates := append([]string{"made-up-" + a.Name}, texts...)
	re, err := regexp.Compile("^(?:" + a.Match + ")$")
	if a.Match == "" || err != nil {
		return candidates[0], true
	}
	for _, text := range candidates {
		if re.MatchString(text) {
			return text, true
		}
	}
	return nil, false
}
