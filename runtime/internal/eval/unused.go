package eval

import (
	"fmt"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
)

// Unused warns of variables and locals that nothing refers to, and of requirements for plugins that no block uses: leftovers. In a flow that
// has errors what looks unused may be what is meant, so there it is better not asked.
func (s *Scope) Unused() hcl.Diagnostics {
	u := users{vars: make(map[string]bool), locals: make(map[string]bool)}
	u.flow(s.flow)
	var diags hcl.Diagnostics
	warn := func(summary, detail string, at hcl.Range) {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: detail, Subject: &at})
	}
	for _, v := range s.flow.Variables {
		if !u.all && !u.vars[v.Name] {
			warn("Unused variable", fmt.Sprintf("Nothing in the flow refers to var.%s. Refer to it, or remove the block.", v.Name), v.Range)
		}
	}
	for _, l := range s.flow.Locals {
		if !u.all && !u.locals[l.Name] {
			warn("Unused local", fmt.Sprintf("Nothing in the flow refers to local.%s. Refer to it, or remove it.", l.Name), l.Range)
		}
	}
	for _, required := range s.flow.Settings.RequiredPlugins {
		if !u.vendors[required.Vendor] {
			warn("Unused plugin", fmt.Sprintf("The flow requires a version of the plugin %s, but has no auth block of that vendor.", required.Vendor),
				required.Range)
		}
	}
	return diags
}

// users collects what a flow refers to.
type users struct {
	vars, locals, vendors map[string]bool
	all                   bool // somebody refers to `var` or `local` as a whole
}

func (u *users) flow(f *flow.Flow) {
	u.vendors = make(map[string]bool)
	set := f.Settings
	u.exprs(set.Store, set.KeyFile)
	u.exprs(set.Retry.Exprs()...)
	u.exprs(set.Network.Exprs()...)
	for _, l := range f.Locals {
		u.exprs(l.Expr)
	}
	for _, a := range f.Auths {
		u.vendors[a.Vendor] = true
		u.references(a.Uses)
		u.exprs(a.ForEach, a.Count)
	}
	for _, o := range f.Outputs {
		u.exprs(o.Value, o.Env, o.File, o.FileMode)
		for _, c := range o.Preconditions {
			u.exprs(c.Condition, c.ErrorMessage)
		}
	}
	for _, v := range f.Variables {
		for _, c := range v.Validations {
			u.others(v.Name, c.Condition, c.ErrorMessage)
		}
	}
}

// others are the references of a variable's validation. That to the variable itself is no use of it.
func (u *users) others(name string, exprs ...hcl.Expression) {
	used := u.vars[name]
	u.exprs(exprs...)
	u.vars[name] = used
}

func (u *users) exprs(exprs ...hcl.Expression) {
	for _, e := range exprs {
		if e != nil {
			u.references(references(e))
		}
	}
}

func (u *users) references(refs []flow.Reference) {
	for _, ref := range refs {
		switch {
		case ref.Kind == flow.RefVar && !ref.Whole:
			u.vars[ref.Name] = true
		case ref.Kind == flow.RefLocal && !ref.Whole:
			u.locals[ref.Name] = true
		case ref.Kind == flow.RefVar, ref.Kind == flow.RefLocal:
			u.all = true
		}
	}
}
