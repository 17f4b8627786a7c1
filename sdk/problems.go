package sdk

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// problems says what is wrong with a description that its types cannot say; nil: nothing.
func (d Description) problems() error {
	var found []error
	add := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }
	if !isName(d.Vendor) || strings.Contains(d.Vendor, "_") {
		add("the name is not of the form [a-z][a-z0-9]*")
	}
	if !isVersion(d.Version) {
		add("the version %q is not a semantic one", d.Version)
	}
	if _, ok := d.Can(OpAcquire); !ok {
		add("it has no Acquire")
	}
	calls := 0
	for _, a := range d.Abilities {
		calls = max(calls, a.Calls)
		if a.Calls < 0 {
			add("%s makes fewer than no exchanges", a.Operation)
		}
		if a.Life < 0 {
			add("what %s brings lives for less than no time", a.Operation)
		}
	}
	if calls > 0 && !d.hasEndpoint() {
		add("no argument is an endpoint, so no exchange can be made")
	}
	found = append(found, d.Config.problems()...)
	names := map[string]bool{}
	for _, l := range d.Limits {
		if names[l.Name] {
			add("two limits have the name %q", l.Name)
		}
		names[l.Name] = true
		for _, err := range l.problems(d) {
			add("limit %q: %w", l.Name, err)
		}
	}
	for _, err := range d.Token.problems(d.Credential) {
		add("token: %w", err)
	}
	for _, err := range d.Token.From.problems(d.Config) {
		add("token: %w", err)
	}
	return errors.Join(found...)
}

// problems says what is wrong with the rules of a block and of those nested in it.
func (b Block) problems() (found []error) {
	add := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }
	for _, rule := range b.Rules {
		if rule.Kind != RuleExactlyOne && rule.Kind != RuleAtMostOne && rule.Kind != RuleTogether {
			add("a rule %q is not known", rule.Kind)
		}
		if len(rule.Names) < 2 {
			add("a rule %s is among fewer than two arguments", rule.Kind)
		}
		for _, name := range rule.Names {
			if _, ok := b.Attribute(name); !ok {
				add("a rule %s names %q, which is no argument", rule.Kind, name)
			}
		}
	}
	for _, n := range b.Blocks {
		for _, err := range n.Block.problems() {
			add("block %s: %w", n.Name, err)
		}
	}
	return found
}

// rule gives nested blocks their rules, which come by the blocks' names.
func (b *Block) rule(rules map[string][]Rule) error {
	for _, path := range slices.Sorted(maps.Keys(rules)) {
		at := b
		for name := range strings.SplitSeq(path, ".") {
			i := slices.IndexFunc(at.Blocks, func(n Nested) bool { return n.Name == name })
			if i < 0 {
				return fmt.Errorf("there are rules for a block %q, which is none", path)
			}
			at = &at.Blocks[i].Block
		}
		at.Rules = rules[path]
	}
	return nil
}

// hasEndpoint tells whether exchanges may go anywhere.
func (d Description) hasEndpoint() bool {
	for _, a := range d.Config.Attributes {
		if a.Endpoint {
			return true
		}
	}
	return false
}

// problems says what is wrong with a limit.
func (l Limit) problems(d Description) (found []error) {
	add := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }
	if !isName(l.Name) {
		add("the name is not of the form [a-z][a-z0-9_]*")
	}
	if len(l.Scope) == 0 {
		add("it has no scope")
	}
	for _, name := range l.Scope {
		if _, ok := d.Config.Attribute(name); !ok {
			add("its scope %q is no argument", name)
		}
	}
	for _, o := range l.Counts {
		if _, ok := d.Can(o); !ok {
			add("it counts %s, which the plugin cannot do", o)
		}
	}
	kinds := 0
	if l.MinInterval != 0 {
		kinds++
		if l.MinInterval < 0 {
			add("its interval is negative")
		}
	}
	if q := l.Quota; q != nil {
		kinds++
		if q.Count <= 0 || q.Sliding < 0 || (q.Per == "") == (q.Sliding == 0) {
			add("a quota is a number above zero, per calendar window or per sliding one")
		}
		if q.Per != "" && q.Per != CalendarHour && q.Per != CalendarDay && q.Per != CalendarMonth {
			add("the window %q is not known", q.Per)
		}
	}
	if l.Lockout != nil {
		kinds++
		if l.Lockout.Refusals <= 0 || l.Lockout.Hold <= 0 {
			add("a lock-out is a number of refusals and a hold, both above zero")
		}
	}
	if kinds != 1 {
		add("exactly one of Quota, MinInterval and Lockout must be set")
	}
	return found
}

// problems says what is wrong with token semantics and use.
func (t Token) problems(credential Block) (found []error) {
	add := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }
	switch t.Second {
	case UnknownSecond, KeepsFirst, KillsFirst, SameToken:
	default:
		add("Second %q is not known", t.Second)
	}
	if t.FreshWithin < 0 || t.Overlap < 0 || t.FreshWithin > 0 && t.Second != SameToken || t.Overlap > 0 && t.Second != KillsFirst {
		add("FreshWithin goes with SameToken, Overlap with KillsFirst, and neither is negative")
	}
	for _, p := range t.Use {
		switch p.In {
		case InHeader, InQuery, InCookie, InForm, InJSON:
		default:
			add("a placement in %q is not known", p.In)
		}
		if p.Name == "" || p.In == InJSON && !strings.HasPrefix(p.Name, "/") {
			add("a placement has a name, and in JSON it begins with a slash")
		}
		for _, name := range placeholders(p.Value) {
			if a, ok := credential.Attribute(name); name != tokenName && (!ok || a.Private) {
				add("a placement uses {%s}, which is no attribute that a flow sees", name)
			}
		}
	}
	for _, e := range t.Dead {
		if reflect.ValueOf(e).IsZero() || (e.Pointer == "") != (len(e.OneOf) == 0) || e.Pointer != "" && e.Pointer[0] != '/' {
			add("evidence of a dead token is a status, or a pointer that begins with a slash and the values there, or both")
		}
	}
	return found
}

// problems says which of the arguments that are named do not fit what they are to say.
func (f TokenFrom) problems(config Block) (found []error) {
	add := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }
	for _, from := range []struct{ name, typ, format string }{{f.Second, `"string"`, ""}, {f.FreshWithin, `"string"`, "duration"},
		{f.Sliding, `"bool"`, ""}, {f.Overlap, `"string"`, "duration"}} {
		a, ok := config.Attribute(from.name)
		if from.name != "" && (!ok || string(a.Type) != from.typ || a.Format != from.format || !a.Volatile || a.Sensitive) {
			add("From names %q, which is no volatile argument of that type", from.name)
		}
	}
	for _, from := range []struct {
		name  string
		types map[string]string
	}{
		{f.Use, map[string]string{"in": `"string"`, "name": `"string"`, "value": `"string"`}},
		{f.Dead, map[string]string{"status": `"number"`, "pointer": `"string"`, "one_of": `["list","string"]`}},
	} {
		i := slices.IndexFunc(config.Blocks, func(n Nested) bool { return n.Name == from.name })
		fits := from.name == "" || i >= 0 && config.Blocks[i].Volatile
		for name, typ := range from.types {
			if fits && i >= 0 {
				a, ok := config.Blocks[i].Block.Attribute(name)
				fits = ok && string(a.Type) == typ
			}
		}
		if !fits {
			add("From names %q, which is no volatile block of that form", from.name)
		}
	}
	return found
}

// placeholders are the names in braces of a template.
func placeholders(template string) (names []string) {
	for {
		_, after, found := strings.Cut(template, "{")
		name, rest, closed := strings.Cut(after, "}")
		if !found || !closed {
			return names
		}
		names, template = append(names, name), rest
	}
}

// isVersion tells whether s begins like a semantic version: three numbers, and behind them nothing, or "-" or "+" and more.
func isVersion(s string) bool {
	core := s
	if i := strings.IndexAny(s, "-+"); i >= 0 {
		core = s[:i]
	}
	parts := strings.Split(core, ".")
	for _, part := range parts {
		if _, err := strconv.ParseUint(part, 10, 32); err != nil {
			return false
		}
	}
	return len(parts) == 3
}
