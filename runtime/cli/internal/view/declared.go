package view

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// Declared is what a plugin declares, in lines: where its calls go, which secrets it gets, what it can do, and what it keeps to. Whoever installs a
// plugin sees it before the plugin is used.
func Declared(d sdk.Description) []string {
	lines := []string{
		"calls   " + endpoints(d.Config),
		"gets    " + secrets(d.Config),
		"can     " + abilities(d.Abilities),
	}
	if len(d.Limits) == 0 {
		return append(lines, "limits  none")
	}
	for i, l := range d.Limits {
		head := "limits  "
		if i > 0 {
			head = strings.Repeat(" ", len(head))
		}
		lines = append(lines, head+visible(l.Name)+": "+tolerated(l))
	}
	return lines
}

// endpoints are the addresses that exchanges may go to.
func endpoints(b sdk.Block) string {
	var names []string
	walk(b, "", func(name string, a sdk.Attribute) {
		if !a.Endpoint {
			return
		}
		var address string
		if json.Unmarshal(a.Default, &address) == nil && address != "" {
			name += " (" + address + ", where it is not set)"
		}
		names = append(names, visible(name))
	})
	if len(names) == 0 {
		return "nobody: no argument names an address"
	}
	if len(names) > 1 {
		return "only the addresses in the arguments " + strings.Join(names, ", ")
	}
	return "only the address in the argument " + names[0]
}

// secrets are the sensitive arguments.
func secrets(b sdk.Block) string {
	var names []string
	walk(b, "", func(name string, a sdk.Attribute) {
		if a.Sensitive {
			names = append(names, visible(name))
		}
	})
	if len(names) == 0 {
		return "no secret"
	}
	return "the secrets " + strings.Join(names, ", ")
}

// walk goes over the attributes of a block and of those in it.
func walk(b sdk.Block, path string, do func(name string, a sdk.Attribute)) {
	for _, a := range b.Attributes {
		do(path+a.Name, a)
	}
	for _, n := range b.Blocks {
		walk(n.Block, path+n.Name+".", do)
	}
}

func abilities(all []sdk.Ability) string {
	var parts []string
	for _, a := range all {
		parts = append(parts, fmt.Sprintf("%s (%s)", visible(string(a.Operation)), Count(a.Calls, "call")))
	}
	return strings.Join(parts, ", ")
}

// tolerated is a limit in words.
func tolerated(l sdk.Limit) string {
	switch {
	case l.Quota != nil && l.Quota.Per != "":
		return fmt.Sprintf("%s a %s", Count(l.Quota.Count, "call"), visible(string(l.Quota.Per)))
	case l.Quota != nil:
		return fmt.Sprintf("%s in %s", Count(l.Quota.Count, "call"), Span(l.Quota.Sliding))
	case l.Lockout != nil:
		return fmt.Sprintf("locked for %s after %s", Span(l.Lockout.Hold), Count(l.Lockout.Refusals, "refusal"))
	}
	return "a call every " + Span(l.MinInterval)
}
