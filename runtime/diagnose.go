package runtime

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

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
	d := Diagnostic{Severity: SeverityError, Summary: f.rt.hide(from.Summary), Detail: f.rt.hide(from.Detail)}
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
	var all []Value
	for _, fact := range eval.Facts(d) {
		all = append(all, Value{Traversal: fact.Traversal, Statement: f.rt.hide(fact.Statement)})
	}
	return all
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
