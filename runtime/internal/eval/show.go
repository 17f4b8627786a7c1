package eval

import (
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// What stands in a shown value where there is none to show.
const (
	shownSensitive = "(sensitive)"
	shownUnknown   = "(not known yet)"
)

// lineWidth is the number of characters up to which a value with parts is shown in one line.
const lineWidth = 72

// Show writes a value for a person, as it would stand in a flow. Sensitive parts are hidden, each by itself.
func Show(v cty.Value) string { return show(v, "") }

// show writes a value whose lines after the first stand behind indent.
func show(v cty.Value, indent string) string {
	v, marks := v.Unmark()
	ty := v.Type()
	switch {
	case markedSensitive(marks):
		return shownSensitive
	case !v.IsKnown():
		return shownUnknown
	case v.IsNull():
		return "null"
	case ty.IsSetType():
		// Its marks are those of the whole.
		return "toset(" + sequence(v, indent) + ")"
	case ty.IsListType() || ty.IsTupleType():
		return sequence(v, indent)
	case ty.IsMapType() || ty.IsObjectType():
		return mapping(v, indent)
	case ty == cty.Number:
		return number10(v)
	case ty == cty.String || ty == cty.Bool:
		return string(hclwrite.TokensForValue(v).Bytes())
	}
	return "(" + ty.FriendlyName() + ")"
}

func mapping(v cty.Value, indent string) string {
	var names, values []string
	longest := 0
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		name := key.AsString()
		if !hclsyntax.ValidIdentifier(name) {
			name = string(hclwrite.TokensForValue(key).Bytes())
		}
		longest = max(longest, utf8.RuneCountInString(name))
		names, values = append(names, name), append(values, show(element, indent+"  "))
	}
	short, long := make([]string, len(names)), make([]string, len(names))
	for i, name := range names {
		short[i] = name + " = " + values[i]
		long[i] = name + strings.Repeat(" ", longest-utf8.RuneCountInString(name)) + " = " + values[i]
	}
	if line := "{ " + strings.Join(short, ", ") + " }"; len(names) > 0 && fits(line, indent) {
		return line
	}
	return lines("{", long, "}", indent)
}

func sequence(v cty.Value, indent string) string {
	var parts []string
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		parts = append(parts, show(element, indent+"  "))
	}
	if line := "[" + strings.Join(parts, ", ") + "]"; fits(line, indent) {
		return line
	}
	for i := range parts {
		parts[i] += ","
	}
	return lines("[", parts, "]", indent)
}

// fits tells whether a value is shown in one line.
func fits(line, indent string) bool {
	return !strings.Contains(line, "\n") && utf8.RuneCountInString(line)+len(indent) <= lineWidth
}

// lines puts parts between brackets, each on a line of its own.
func lines(open string, parts []string, end, indent string) string {
	if len(parts) == 0 {
		return open + end
	}
	var text strings.Builder
	text.WriteString(open + "\n")
	for _, part := range parts {
		text.WriteString(indent + "  " + part + "\n")
	}
	text.WriteString(indent + end)
	return text.String()
}

// number10 writes a number in full where that is not longer than a person reads, else with an exponent.
func number10(v cty.Value) string {
	f := v.AsBigFloat()
	if text := f.Text('f', -1); len(text) <= 40 {
		return text
	}
	return f.Text('g', 20)
}
