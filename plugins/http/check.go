package httpvendor

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authrun/authrun/sdk"
)

// checker gathers what is wrong with a configuration that no rule of the schema can say. It quotes no value.
type checker struct {
	c        Config
	problems []sdk.Problem
}

// check says what is wrong with a configuration, so that nothing of it is found first when the vendor is asked.
func check(c Config) []sdk.Problem {
	k := &checker{c: c}
	k.names()
	k.computed()
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		k.add("Unknown time zone", "zone must be a time zone by its IANA name, such as Asia/Shanghai.", "zone")
	}
	k.request("acquire", c.Acquire.Request)
	k.credential([]string{"acquire", "0", "credential", "0"}, c.Acquire.Credential, c.Acquire.Answer, true)
	if c.Renew != nil {
		k.renew(*c.Renew)
	}
	if c.Revoke != nil {
		k.later("revoke", c.Revoke.Request)
	}
	k.semantics()
	return k.problems
}

// add notes a problem at a path.
func (k *checker) add(summary, detail string, path ...string) {
	k.problems = append(k.problems, sdk.Problem{Path: path, Summary: summary, Detail: detail})
}

// names checks the names of values: each is a placeholder, so it is there once and can be written as one.
func (k *checker) names() {
	seen := map[string]string{}
	for _, source := range []struct {
		argument string
		names    []string
	}{
		{"account", slices.Sorted(maps.Keys(k.c.Account))},
		{"account_secrets", slices.Sorted(maps.Keys(k.c.AccountSecrets))},
		{"secrets", slices.Sorted(maps.Keys(k.c.Secrets))},
		{"values", slices.Sorted(maps.Keys(k.c.Values))},
		{"passing", slices.Sorted(maps.Keys(k.c.Passing))},
	} {
		for _, name := range source.names {
			k.name(name, seen, source.argument)
		}
	}
	for i, compute := range k.c.Compute {
		k.name(compute.Name, seen, "compute", strconv.Itoa(i), "name")
	}
}

// name checks one name, which stands at a path.
func (k *checker) name(name string, seen map[string]string, path ...string) {
	switch other := seen[name]; {
	case !isName(name) || strings.ContainsAny(name, ".-"):
		k.add("Invalid name", strconv.Quote(name)+" cannot name a placeholder: a name starts with a letter, and holds letters, digits and _ only.", path...)
	case builtin(name):
		k.add("Reserved name", strconv.Quote(name)+" names a placeholder that is there already. Take another name.", path...)
	case other != "":
		k.add("Duplicate name", strconv.Quote(name)+" stands in "+other+" already, and a placeholder has one value only. Take another name.", path...)
	default:
		seen[name] = path[0]
	}
}

// computed checks what is computed.
func (k *checker) computed() {
	for i, compute := range k.c.Compute {
		at := []string{"compute", strconv.Itoa(i)}
		k.template(written{text: compute.From}, append(at, "from"), "")
		k.template(written{text: compute.Key}, append(at, "key"), "")
		switch {
		case compute.keyed() && compute.Key == "":
			k.add("Missing argument", "An HMAC is made with a key. Set key to a template, such as \"{app_secret}\".", append(at, "by")...)
		case !compute.keyed() && compute.Key != "":
			k.add("Contradicting arguments", "Only an HMAC is made with a key. Set by to one, or put the key into from where it belongs.", append(at, "key")...)
		}
		if k.c.reached(compute.From)[compute.Name] || k.c.reached(compute.Key)[compute.Name] {
			k.add("Cycle", strconv.Quote(compute.Name)+" is computed of itself. Remove the placeholder that leads back to it.", append(at, "from")...)
		}
	}
}

// semantics checks how tokens behave and are used.
func (k *checker) semantics() {
	if k.c.FreshWithin != nil && k.c.Second != string(sdk.SameToken) {
		k.add("Contradicting arguments", "fresh_within goes with second = \"same\" only.", "fresh_within")
	}
	if k.c.Overlap != nil && k.c.Second != string(sdk.KillsFirst) {
		k.add("Contradicting arguments", "overlap goes with second = \"kills\" only.", "overlap")
	}
	for i, use := range k.c.Use {
		at := []string{"use", strconv.Itoa(i)}
		if use.Name == "" || use.In == string(sdk.InJSON) && use.Name[0] != '/' {
			k.add("Invalid name", "A placement has a name; in JSON it is a pointer, which begins with a slash.", append(at, "name")...)
		}
		t, err := parse(use.Value)
		if err != nil {
			k.add("Invalid template", "The template "+err.Error()+".", append(at, "value")...)
		}
		for _, p := range t {
			name, own := strings.CutPrefix(p.name, "attributes.")
			if _, ok := k.c.Acquire.Credential.Attributes[name]; p.name != "" && p.name != nameToken && !(own && ok) {
				k.add("Unknown placeholder", "A placement carries {token}, and {attributes.NAME} for what acquire's credential block names in attributes.",
					append(at, "value")...)
			}
			if len(p.filters) > 0 || p.argument != "" {
				k.add("Invalid template", "The placeholders of a placement have no filters.", append(at, "value")...)
			}
		}
	}
	for i, dead := range k.c.Dead {
		if dead.Status == 0 && dead.Pointer == "" {
			k.add("Missing argument", "Say how a dead token is told: by status, or by pointer and one_of.", "dead", strconv.Itoa(i))
		}
	}
}
