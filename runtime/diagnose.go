package runtime

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/authrun/authrun/runtime/internal/eval"
)

// diagnose makes the diagnostics that a caller sees: with snippets, without secrets, in the order of their places.
func (f *Flow) diagnose(from hcl.Diagnostics) Diagnostics {
	var all Diagnostics
	for _, d := range from {
		all = append(all, f.diagnostic(d))
	}
	slices.SortStableFunc(all, func(a, b Diagnostic) int {
		if a.Range == nil || b.Range == nil {
			// What has no place is about the flow as a whole and comes first.
			return cmp.Compare(rank(a), rank(b))
		}
		return cmp.Or(cmp.Compare(a.Range.Filename, b.Range.Filename), cmp.Compare(a.Range.Start.Byte, b.Range.Start.Byte))
	})
	return slices.CompactFunc(all, func(a, b Diagnostic) bool { return same(a, b) })
}

func rank(d Diagnostic) int {
	if d.Range == nil {
		return 0
	}
	return 1
}

// same tells whether two diagnostics say the same at the same place: a file that is looked at twice is complained of once.
func same(a, b Diagnostic) bool {
	if a.Severity != b.Severity || a.Summary != b.Summary || a.Detail != b.Detail || a.Address != b.Address {
		return false
	}
	return a.Range == b.Range || a.Range != nil && b.Range != nil && *a.Range == *b.Range
}

func (f *Flow) diagnostic(from *hcl.Diagnostic) Diagnostic {
	d := Diagnostic{Severity: SeverityError, Summary: f.rt.secrets.String(from.Summary), Detail: f.rt.secrets.String(from.Detail)}
	if from.Severity == hcl.DiagWarning {
		d.Severity = SeverityWarning
	}
	if addr := eval.AboutOf(from).Addr; addr.Vendor != "" {
		d.Address = addr.String()
	}
	if from.Subject == nil {
		return d
	}
	d.Range = rangeOf(*from.Subject)
	d.Snippet = f.snippet(*from.Subject)
	if d.Snippet != nil {
		d.Snippet.Values = f.values(from)
	}
	return d
}

func rangeOf(r hcl.Range) *Range {
	return &Range{
		Filename: r.Filename,
		Start:    Pos{Line: r.Start.Line, Column: r.Start.Column, Byte: r.Start.Byte},
		End:      Pos{Line: r.End.Line, Column: r.End.Column, Byte: r.End.Byte},
	}
}

// values says what the references in a diagnostic's expression stand for: the shortest way to see why it is wrong.
func (f *Flow) values(d *hcl.Diagnostic) []Value {
	if d.Expression == nil || d.EvalContext == nil {
		return nil
	}
	var all []Value
	seen := map[string]bool{}
	for _, t := range d.Expression.Variables() {
		name := traversal(t)
		if seen[name] {
			continue
		}
		seen[name] = true
		v, diags := t.TraverseAbs(d.EvalContext)
		if diags.HasErrors() {
			continue
		}
		if words := phrase(v); words != "" {
			all = append(all, Value{Traversal: name, Statement: f.rt.secrets.String(words)})
		}
	}
	slices.SortFunc(all, func(a, b Value) int { return strings.Compare(a.Traversal, b.Traversal) })
	return all
}

// phrase says what a value is, in words that follow its name; empty: there is nothing to say. It shows no sensitive value.
func phrase(v cty.Value) string {
	switch {
	case v.ContainsMarked():
		return "has a sensitive value"
	case !v.IsKnown():
		return "is not known yet"
	case v.IsNull():
		return "is null"
	}
	switch t := v.Type(); {
	case t == cty.Bool:
		return "is " + strconv.FormatBool(v.True())
	case t == cty.Number:
		return "is " + v.AsBigFloat().Text('g', 10)
	case t == cty.String:
		return "is " + strconv.Quote(clip(v.AsString(), 60))
	case t.IsObjectType():
		return fmt.Sprintf("is an object with %s", count(len(t.AttributeTypes()), "attribute"))
	case t.IsCollectionType() || t.IsTupleType():
		return fmt.Sprintf("is a %s with %s", strings.SplitN(t.FriendlyName(), " ", 2)[0], count(v.LengthInt(), "element"))
	}
	return ""
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// clip shortens s to n runes.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}

// traversal writes a reference as it stands in a flow.
func traversal(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsMarked() {
				b.WriteString("[" + strconv.Quote(step.Key.AsString()) + "]")
			} else if step.Key.Type() == cty.Number && step.Key.IsKnown() && !step.Key.IsMarked() {
				b.WriteString("[" + step.Key.AsBigFloat().Text('g', 10) + "]")
			} else {
				b.WriteString("[…]")
			}
		}
	}
	return b.String()
}
