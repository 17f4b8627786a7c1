package reference

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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

func limits(b *strings.Builder, d sdk.Description) {
	b.WriteString("## Limits\n\n")
	if len(d.Limits) == 0 {
		b.WriteString("The vendor names none.\n\n")
		return
	}
	b.WriteString("| name | what the vendor tolerates | counted per | operations |\n| --- | --- | --- | --- |\n")
	for _, l := range d.Limits {
		scope := make([]string, len(l.Scope))
		for i, name := range l.Scope {
			scope[i] = code(name)
		}
		counts := []string{string(sdk.OpAcquire)}
		if len(l.Counts) > 0 {
			counts = counts[:0]
			for _, op := range l.Counts {
				counts = append(counts, string(op))
			}
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", l.Name, tolerated(l), strings.Join(scope, ", "), strings.Join(counts, ", "))
	}
	b.WriteString("\nEvery call that may have reached the vendor counts, a failed one too.")
	for _, l := range d.Limits {
		if l.Quota != nil && l.Quota.Count > 1 {
			fmt.Fprintf(b, " A block can hold itself to fewer: `limit %q { count = %d }`.", l.Name, max(1, l.Quota.Count*8/10))
			break
		}
	}
	b.WriteString("\n\n")
}

func tolerated(l sdk.Limit) string {
	switch {
	case l.Quota != nil && l.Quota.Per != "":
		zone := l.Quota.Zone
		if zone == "" {
			zone = "UTC"
		}
		return fmt.Sprintf("%d calls in a calendar %s of %s", l.Quota.Count, l.Quota.Per, zone)
	case l.Quota != nil:
		return fmt.Sprintf("%d calls in any %s", l.Quota.Count, span(l.Quota.Sliding))
	case l.Lockout != nil:
		return fmt.Sprintf("%d refusals in a row, then nothing works for %s", l.Lockout.Refusals, span(l.Lockout.Hold))
	}
	return "a call every " + span(l.MinInterval)
}

// seconds says what a second acquire does to the first token.
var seconds = map[sdk.Second]string{
	sdk.KeepsFirst:    "A second acquire leaves the first token alive.",
	sdk.KillsFirst:    "A second acquire kills the first token.",
	sdk.SameToken:     "A second acquire gives the same token.",
	sdk.UnknownSecond: "What a second acquire does to the first token is not known; authrun takes it that it kills it.",
}

func token(b *strings.Builder, t sdk.Token) {
	b.WriteString("## Token\n\n")
	if t.From.Second == "" {
		b.WriteString("- " + seconds[t.Second])
		if t.Second == sdk.SameToken && t.FreshWithin > 0 {
			fmt.Fprintf(b, " Only in its last %s there is a new one.", span(t.FreshWithin))
		}
		if t.Second == sdk.KillsFirst && t.Overlap > 0 {
			fmt.Fprintf(b, " The first lives on for %s.", span(t.Overlap))
		}
		b.WriteString("\n")
	} else {
		b.WriteString("- What a second acquire does to the first token is said by the argument " + code(t.From.Second) + ".\n")
	}
	if t.Sliding {
		b.WriteString("- Any use prolongs its life.\n")
	}
	for _, p := range t.Use {
		fmt.Fprintf(b, "- Later requests carry it in the %s: %s.\n", places[p.In], code(p.Name+placed[p.In]+p.Value))
	}
	for _, e := range t.Dead {
		b.WriteString("- It is dead where an answer has " + evidence(e) + ".")
		if e.Weak {
			b.WriteString(" The vendor answers so to other requests, too.")
		}
		b.WriteString("\n")
	}
	if t.From.Use != "" || t.From.Dead != "" {
		b.WriteString("- Where later requests carry it, and what a dead one looks like, is said by blocks of the flow.\n")
	}
}

var places = map[sdk.In]string{sdk.InHeader: "header", sdk.InQuery: "query", sdk.InCookie: "cookie", sdk.InForm: "form", sdk.InJSON: "JSON body"}

// placed stands between the name and the value of a placement.
var placed = map[sdk.In]string{sdk.InHeader: ": ", sdk.InQuery: "=", sdk.InCookie: "=", sdk.InForm: "=", sdk.InJSON: " = "}

func evidence(e sdk.Evidence) string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("the status %d", e.Status))
	}
	if e.Pointer != "" {
		values := make([]string, len(e.OneOf))
		for i, v := range e.OneOf {
			values[i] = code(v)
		}
		parts = append(parts, strings.Join(values, " or ")+" at "+code(e.Pointer))
	}
	return strings.Join(parts, " and ")
}

// typeName is a type of cty as people write it.
func typeName(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	return typeText(v)
}

func typeText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		if len(v) == 2 {
			if kind, ok := v[0].(string); ok && kind != "object" {
				return kind + "(" + typeText(v[1]) + ")"
			}
			return "object"
		}
	}
	return "any"
}

// span is a duration without needless zeros.
func span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 48*time.Hour:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	case d == time.Hour:
		return "1 hour"
	case d%time.Hour == 0:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return d.String()
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// plain is a JSON value as it is written in a flow, text without its quotes.
func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if text == "" {
			return `""`
		}
		return text
	}
	return string(raw)
}

// code is text in a code span, whatever is in it.
func code(text string) string {
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

// cell is text that stands in a cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// upper begins text with a capital letter.
func upper(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// sentence is text that ends as one.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}
