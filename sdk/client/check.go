package client

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// checkDescription refuses a description that a host could not work by. It need not judge what only an author would mind.
func checkDescription(d sdk.Description, vendor string) error {
	if d.Vendor != vendor {
		return fmt.Errorf("it is the plugin of vendor %q, and its file is named for %q", d.Vendor, vendor)
	}
	if !isVersion(d.Version) {
		return fmt.Errorf("its version %q is none (1.2.3)", d.Version)
	}
	if _, ok := d.Can(sdk.OpAcquire); !ok {
		return errors.New("it cannot acquire")
	}
	if err := checkBlock(d.Config); err != nil {
		return fmt.Errorf("its configuration: %w", err)
	}
	if err := checkBlock(d.Credential); err != nil {
		return fmt.Errorf("its credential: %w", err)
	}
	for _, standard := range []string{"token", "expires_at"} {
		if _, taken := d.Credential.Attribute(standard); taken {
			return fmt.Errorf("its credential: the attribute %q is one that every credential has", standard)
		}
	}
	for i, l := range d.Limits {
		if slices.ContainsFunc(d.Limits[:i], func(other sdk.Limit) bool { return other.Name == l.Name }) {
			return fmt.Errorf("two limits are named %q", l.Name)
		}
		if err := checkLimit(l, d.Config); err != nil {
			return fmt.Errorf("limit %q: %w", l.Name, err)
		}
	}
	return nil
}

// checkBlock refuses a schema with a name that is none or not the only one, or with a rule over a name that is not there.
func checkBlock(b sdk.Block) error {
	seen := map[string]bool{}
	name := func(n string) error {
		if !isName(n) {
			return fmt.Errorf("%q is not a name", n)
		}
		if seen[n] {
			return fmt.Errorf("%q is there twice", n)
		}
		seen[n] = true
		return nil
	}
	for _, a := range b.Attributes {
		if err := name(a.Name); err != nil {
			return err
		}
		if err := checkAttribute(a); err != nil {
			return fmt.Errorf("%q: %w", a.Name, err)
		}
	}
	for _, n := range b.Blocks {
		if err := name(n.Name); err != nil {
			return err
		}
		if err := checkBlock(n.Block); err != nil {
			return fmt.Errorf("block %q: %w", n.Name, err)
		}
	}
	for _, r := range b.Rules {
		for _, n := range r.Names {
			if !seen[n] {
				return fmt.Errorf("a rule is over %q, which is not there", n)
			}
		}
	}
	return nil
}

// checkAttribute refuses an attribute whose type, default, choices or pattern make no sense.
func checkAttribute(a sdk.Attribute) error {
	typ, err := parseType(a.Type)
	if err != nil {
		return err
	}
	values := a.OneOf
	if a.Default != nil {
		values = append(slices.Clone(values), a.Default)
	}
	for _, raw := range values {
		v, err := parseJSON(raw)
		if err == nil {
			err = conforms(typ, v)
		}
		if err != nil {
			return fmt.Errorf("a value that it names %w", err)
		}
	}
	if _, err := regexp.Compile(a.Match); err != nil {
		return errors.New("its pattern is no regular expression")
	}
	return nil
}

// checkLimit refuses a limit that nothing could be judged by.
func checkLimit(l sdk.Limit, config sdk.Block) error {
	for _, n := range l.Scope {
		if _, ok := config.Attribute(n); !ok {
			return fmt.Errorf("it is scoped by %q, which is no argument", n)
		}
	}
	switch {
	case l.Name == "":
		return errors.New("it has no name")
	case l.Quota != nil && l.Quota.Count < 1:
		return errors.New("its quota is nothing")
	case l.Lockout != nil && (l.Lockout.Refusals < 1 || l.Lockout.Hold <= 0):
		return errors.New("its lock-out is nothing")
	case l.Quota == nil && l.Lockout == nil && l.MinInterval <= 0:
		return errors.New("its interval is nothing")
	}
	return nil
}

// isName tells whether n is [a-z][a-z0-9_]*. (A regular expression would cost more than all else that is checked here.)
func isName(n string) bool {
	for i, r := range n {
		if letter := r >= 'a' && r <= 'z'; !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return n != ""
}

// isVersion tells whether v is three numbers with points between them, and perhaps more after a "-" or "+".
func isVersion(v string) bool {
	if i := strings.IndexAny(v, "-+"); i >= 0 {
		v = v[:i]
	}
	parts := strings.Split(v, ".")
	for _, part := range parts {
		if _, err := strconv.ParseUint(part, 10, 32); err != nil {
			return false
		}
	}
	return len(parts) == 3
}
