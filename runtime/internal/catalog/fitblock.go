package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/authrun/authrun/sdk"
)

// Names that are the runtime's: in an auth block, and in a credential.
var (
	reservedArguments = []string{"depends_on", "for_each", "count", "lifecycle", "retry", "network", "limit", "enabled", "check", "sink", "plugin"}

	reservedAttributes = []string{"token", "expires_at", "generation", "issued_at"}
)

// maxDepth is how deep blocks may be nested.
const maxDepth = 8

// place is where a block is: what is allowed there depends on it.
type place struct {
	reserved   []string
	credential bool
	depth      int
}

// fitBlock says what is wrong with a block and the blocks inside it.
func fitBlock(b sdk.Block, at place) error {
	if at.depth > maxDepth {
		return errors.New("blocks are nested too deeply")
	}
	names := make(map[string]bool)
	name := func(name string) error {
		switch {
		case !validName(name):
			return fmt.Errorf("%q is no valid name", name)
		case slices.Contains(at.reserved, name):
			return fmt.Errorf("%q is a name of authrun's own", name)
		case names[name]:
			return fmt.Errorf("%q is there twice", name)
		}
		names[name] = true
		return nil
	}
	for _, a := range b.Attributes {
		if err := name(a.Name); err != nil {
			return err
		}
		if err := fitAttribute(a, at); err != nil {
			return fmt.Errorf("%q: %w", a.Name, err)
		}
	}
	for _, n := range b.Blocks {
		if err := name(n.Name); err != nil {
			return err
		}
		if n.Min < 0 || n.Max < 0 || n.Max > 0 && n.Min > n.Max {
			return fmt.Errorf("block %q: there cannot be %d to %d of it", n.Name, n.Min, n.Max)
		}
		if err := fitBlock(n.Block, place{credential: at.credential, depth: at.depth + 1}); err != nil {
			return fmt.Errorf("block %q: %w", n.Name, err)
		}
	}
	return fitRules(b.Rules, names)
}

func fitRules(rules []sdk.Rule, names map[string]bool) error {
	for _, r := range rules {
		if !slices.Contains([]sdk.RuleKind{sdk.RuleExactlyOne, sdk.RuleAtMostOne, sdk.RuleTogether}, r.Kind) {
			return fmt.Errorf("a rule is of the kind %q, which this authrun does not know", r.Kind)
		}
		if len(r.Names) < 2 {
			return fmt.Errorf("a rule %s is about fewer than two names", r.Kind)
		}
		for _, name := range r.Names {
			if !names[name] {
				return fmt.Errorf("a rule %s is about %q, which is not there", r.Kind, name)
			}
		}
	}
	return nil
}

func fitAttribute(a sdk.Attribute, at place) error {
	var typ any
	if json.Unmarshal(a.Type, &typ) != nil {
		return errors.New("it has no type")
	}
	switch {
	case at.credential && (a.Account || a.Endpoint || a.Volatile || a.Required || a.Default != nil):
		return errors.New("an attribute of a credential is no argument")
	case !at.credential && a.Private:
		return errors.New("only an attribute of a credential can be private")
	case (a.Account || a.Endpoint) && at.depth > 0:
		return errors.New("inside a block it cannot be an endpoint or part of the account")
	case a.Endpoint && typ != "string":
		return errors.New("an endpoint has to be a string")
	case a.Required && a.Default != nil:
		return errors.New("it is required and has a default")
	case a.Default != nil && !json.Valid(a.Default):
		return errors.New("its default is not JSON")
	case a.Format != "" && a.Format != "duration":
		return fmt.Errorf("its format is %q, which this authrun does not know", a.Format)
	case a.Min != nil && a.Max != nil && *a.Min > *a.Max:
		return errors.New("its least value is over its greatest")
	}
	for _, value := range a.OneOf {
		if !json.Valid(value) {
			return errors.New("one of its values is not JSON")
		}
	}
	if a.Match != "" {
		if _, err := regexp.Compile(`^(?:` + a.Match + `)$`); err != nil {
			return fmt.Errorf("what it has to match is no regular expression: %w", err)
		}
	}
	return nil
}

// validName tells whether s can be the name of an argument, attribute, block or limit: [a-z][a-z0-9_]*.
func validName(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || i > 0 && (r >= '0' && r <= '9' || r == '_')) {
			return false
		}
	}
	return s != ""
}
