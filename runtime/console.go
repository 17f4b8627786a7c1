package runtime

import (
	"context"
	"maps"

	"github.com/hashicorp/hcl/v2"

	"github.com/authrun/authrun/runtime/internal/eval"
	"github.com/authrun/authrun/runtime/internal/flow"
)

// consoleName is what diagnostics call the place where a person types.
const consoleName = "<console>"

// Console evaluates expressions against a flow: its variables, locals and functions, and what is stored of its credentials and lives. Load the
// flow with [Inputs.Later] where inputs may be missing. Its methods may be called one after another, not at the same time.
type Console struct {
	flow    *Flow
	missing lacking
}

// Console makes a console, without a vendor call. It reads the store once. The diagnostics say why some of it may be unknown; the console works
// beside them.
func (f *Flow) Console(ctx context.Context) (*Console, Diagnostics) {
	f = f.fork()
	model := *f.model
	model.Files = maps.Clone(model.Files) // where what is typed goes
	f.model = &model
	f.describe(ctx)
	diags := append(hcl.Diagnostics{}, f.absent...)
	for _, vendor := range sortedKeys(f.broken) {
		diags = append(diags, f.brokenDiagnostics(vendor)...)
	}
	missing, more := f.recall(ctx)
	return &Console{flow: f, missing: missing}, f.diagnose(append(diags, more...))
}

// Evaluate gives the value of an expression as a person reads it: as it would stand in a flow, its sensitive parts as "(sensitive)", and what is
// not known yet so called. Where something is not known, unknown says why: which variables are not set and which credentials not stored. Beside
// errors there is no value.
func (c *Console) Evaluate(text string) (value string, unknown []string, diags Diagnostics) {
	expr, file, found := flow.Expression([]byte(text), consoleName)
	if file != nil {
		c.flow.model.Files[consoleName] = file
	}
	if found.HasErrors() {
		return "", nil, c.flow.diagnose(found)
	}
	v, more := c.flow.scope.Expression(expr)
	if found = append(found, more...); found.HasErrors() {
		return "", nil, c.flow.diagnose(found)
	}
	if !v.IsWhollyKnown() {
		for _, name := range c.flow.scope.ExpressionLacks(expr) {
			unknown = append(unknown, "var."+name+" is not set")
		}
		for _, i := range c.flow.scope.ExpressionRequires(expr) {
			if why := c.missing[i]; why != "" {
				unknown = append(unknown, why)
			}
		}
	}
	return eval.Show(v), unknown, c.flow.diagnose(found)
}

// GoesOn tells whether an expression goes on in the next line: a bracket, a template or a heredoc is open at the end of text.
func (c *Console) GoesOn(text string) bool { return flow.GoesOn([]byte(text)) }
