package eval

import (
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
)

// About is the Extra of a diagnostic: what it is about, beside the place that it points to. Read it with [AboutOf].
type About struct {
	Addr   flow.Addr // the auth block or instance; zero: none
	Output string    // the output; empty: none
	// Later tells that the error depends on values (an unset environment variable, a condition) and not on the flow's text alone: it comes
	// up again when the block's turn comes, and then fails that block only.
	Later bool

	inner any // what HCL put there
}

// UnwrapDiagnosticExtra gives what HCL knows beside the diagnostic.
func (a About) UnwrapDiagnosticExtra() any { return a.inner }

// AboutOf is what a diagnostic is about.
func AboutOf(d *hcl.Diagnostic) About {
	a, _ := d.Extra.(About)
	return a
}

// Static are the diagnostics that depend on the flow's text alone, and all warnings.
func Static(diags hcl.Diagnostics) hcl.Diagnostics {
	var static hcl.Diagnostics
	for _, d := range diags {
		if d.Severity != hcl.DiagError || !AboutOf(d).Later {
			static = append(static, d)
		}
	}
	return static
}

// about says of diagnostics which auth block they are about. It copies them, since a local's are shared by all who refer to it.
func about(diags hcl.Diagnostics, addr flow.Addr) hcl.Diagnostics {
	return with(diags, func(a *About) { a.Addr = addr })
}

// aboutOutput says of diagnostics which output they are about.
func aboutOutput(diags hcl.Diagnostics, name string) hcl.Diagnostics {
	return with(diags, func(a *About) { a.Output = name })
}

func with(diags hcl.Diagnostics, change func(*About)) hcl.Diagnostics {
	if len(diags) == 0 {
		return nil
	}
	changed := make(hcl.Diagnostics, len(diags))
	for i, d := range diags {
		same := *d
		extend(&same, change)
		changed[i] = &same
	}
	return changed
}

// later says that an error depends on values.
func later(d *hcl.Diagnostic) *hcl.Diagnostic {
	extend(d, func(a *About) { a.Later = true })
	return d
}

func extend(d *hcl.Diagnostic, change func(*About)) {
	a, ok := d.Extra.(About)
	if !ok {
		a = About{inner: d.Extra}
	}
	change(&a)
	d.Extra = a
}
