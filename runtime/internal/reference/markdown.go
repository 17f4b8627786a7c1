package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authrun/authrun/sdk"
)

// Page is the whole page of a plugin: its name, what it says of itself, and its reference.
func Page(d sdk.Description) string {
	page := "# " + d.Vendor + "\n\n"
	if d.Doc != "" {
		page += sentence(d.Doc) + "\n\n"
	}
	return page + Markdown(d)
}

// Markdown is a plugin's reference, without a title: sections of the second level.
func Markdown(d sdk.Description) string {
	var b strings.Builder
	b.WriteString("## Arguments\n\n")
	arguments(&b, d.Config, "", d.OpenLimits)
	b.WriteString("## Attributes\n\n")
	attributes(&b, d)
	b.WriteString("## Operations\n\n")
	abilities(&b, d.Abilities)
	limits(&b, d)
	token(&b, d.Token)
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// arguments writes the table of a block's arguments, its rules, and then the blocks in it.
func arguments(b *strings.Builder, block sdk.Block, path string, open bool) {
	if block.Doc != "" && path != "" {
		b.WriteString(strings.TrimSpace(block.Doc) + "\n\n")
	}
	if len(block.Attributes) > 0 {
		b.WriteString("| name | type | | meaning |\n| --- | --- | --- | --- |\n")
		for _, a := range block.Attributes {
			fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", a.Name, typeName(a.Type), strings.Join(traits(a), ", "), cell(meaning(a)))
		}
		b.WriteString("\n")
	}
	for _, r := range block.Rules {
		b.WriteString("- " + rule(r) + "\n")
	}
	if len(block.Rules) > 0 {
		b.WriteString("\n")
	}
	if path == "" && slices.ContainsFunc(block.Attributes, func(a sdk.Attribute) bool { return a.Volatile }) {
		b.WriteString("A changed *volatile* argument does not make a living token stale.\n\n")
	}
	if open {
		b.WriteString("A flow may declare limits of its own: `limit \"NAME\" { ... }`.\n\n")
	}
	for _, n := range block.Blocks {
		inner := strings.TrimPrefix(path+"."+n.Name, ".")
		fmt.Fprintf(b, "### Block `%s`\n\n%s\n\n", inner, times(n))
		arguments(b, n.Block, inner, false)
	}
}

// times is how often a block may stand.
func times(n sdk.Nested) string {
	switch {
	case n.Min == n.Max && n.Min == 1:
		return "Required, once."
	case n.Max == 1:
		return "Optional, once at most."
	case n.Min > 0 && n.Max > 0:
		return fmt.Sprintf("From %d to %d times.", n.Min, n.Max)
	case n.Min > 0:
		return fmt.Sprintf("At least %d.", n.Min)
	case n.Max > 0:
		return fmt.Sprintf("Optional, up to %d times.", n.Max)
	}
	return "Optional, as many as wanted."
}

// traits are what the schema says of an argument beside its type.
func traits(a sdk.Attribute) []string {
	var all []string
	switch {
	case a.Required:
		all = append(all, "required")
	case len(a.Default) > 0 && string(a.Default) != "null":
		all = append(all, "default "+code(plain(a.Default)))
	default:
		all = append(all, "optional")
	}
	for _, t := range []struct {
		holds bool
		word  string
	}{{a.Sensitive, "sensitive"}, {a.Account, "account"}, {a.Endpoint, "endpoint"}, {a.Volatile, "volatile"}, {a.Private, "private"}} {
		if t.holds {
			all = append(all, t.word)
		}
	}
	return all
}

// meaning is what an argument means and what its rules are.
func meaning(a sdk.Attribute) string {
	parts := []string{sentence(a.Doc)}
	if len(a.OneOf) > 0 {
		words := make([]string, len(a.OneOf))
		for i, v := range a.OneOf {
			words[i] = code(plain(v))
		}
		parts = append(parts, "One of "+strings.Join(words, ", ")+".")
	}
	if a.Match != "" {
		if a.Hint != "" {
			parts = append(parts, upper(sentence(a.Hint)))
		} else {
			parts = append(parts, "It must match "+code(a.Match)+".")
		}
	}
	switch {
	case a.Min != nil && a.Max != nil:
		parts = append(parts, fmt.Sprintf("From %s to %s.", number(*a.Min), number(*a.Max)))
	case a.Min != nil:
		parts = append(parts, fmt.Sprintf("At least %s.", number(*a.Min)))
	case a.Max != nil:
		parts = append(parts, fmt.Sprintf("At most %s.", number(*a.Max)))
	}
	if a.Format == "duration" {
		parts = append(parts, "A duration, such as `90s`, `12h` or `7d`.")
	}
	if a.Deprecated != "" {
		parts = append(parts, "**Deprecated:** "+sentence(a.Deprecated))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func rule(r sdk.Rule) string {
	names := make([]string, len(r.Names))
	for i, name := range r.Names {
		names[i] = code(name)
	}
	list := strings.Join(names, ", ")
	switch r.Kind {
	case sdk.RuleExactlyOne:
		return "Exactly one of " + list + " is set."
	case sdk.RuleAtMostOne:
		return "At most one of " + list + " is set."
	case sdk.RuleTogether:
		return list + " are set together, or none of them."
	}
	return list + ": " + string(r.Kind) + "."
}

// attributes writes the table of what a flow sees of a credential.
func attributes(b *strings.Builder, d sdk.Description) {
	b.WriteString("| name | type | meaning |\n| --- | --- | --- |\n")
	b.WriteString("| `token` | string, sensitive | The token. |\n")
	b.WriteString("| `expires_at` | string | End of its life, RFC 3339 in UTC; null where it never expires. |\n")
	for _, a := range d.Credential.Attributes {
		if a.Private {
			continue
		}
		kind := typeName(a.Type)
		if a.Sensitive {
			kind += ", sensitive"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", a.Name, kind, cell(meaning(a)))
	}
	b.WriteString("\n")
}

func abilities(b *strings.Builder, all []sdk.Ability) {
	b.WriteString("| operation | calls at most | usual life of what it brings |\n| --- | --- | --- |\n")
	for _, a := range all {
		life := ""
		if a.Life > 0 {
			life = span(a.Life)
		}
		fmt.Fprintf(b, "| %s | %d | %s |\n", a.Operation, a.Calls, life)
	}
	b.WriteString("\n")
}
