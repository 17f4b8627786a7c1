package eval

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/authrun/authrun/sdk"
	"github.com/hashicorp/hcl/v2"

	version "github.com/hashicorp/go-version"
)

// Validate says everything that is wrong with the flow and can be found without a call, beside what [New] said: with the settings, for_each
// and count, references, cycles, arguments, tuning and outputs. What [Scope.Settings] and [Scope.Instances] say is among it. Conditions are not evaluated, but what they refer to is checked. The schemas of the
// vendors must have been described; a block of a vendor that was not is checked as far as possible without.
func (s *Scope) Validate() hcl.Diagnostics {
	diags := s.versions()
	_, own := s.Settings()
	diags = append(diags, own...)
	diags = append(diags, s.defaults()...)
	diags = append(diags, s.spread...)
	for _, decl := range s.flow.Locals {
		_, own, _ := s.get(s.locals[decl.Name])
		diags = append(diags, own...)
	}
	diags = append(diags, s.cycles()...)
	for _, b := range s.ordered {
		diags = append(diags, about(s.dependencies(b), b.decl.Addr())...)
		if len(b.instances) > 0 && len(b.decl.Preconditions)+len(b.decl.Postconditions) > 0 {
			first := s.instances[b.instances[0]]
			diags = append(diags, about(s.conditions(first), first.Addr)...)
		}
	}
	diags = append(diags, s.allArguments()...)
	for _, decl := range s.flow.Outputs {
		_, own := s.output(decl)
		for _, c := range decl.Preconditions {
			own = append(own, s.check(append(references(c.Condition), references(c.ErrorMessage)...), place{only: noInstance})...)
		}
		diags = append(diags, aboutOutput(own, decl.Name)...)
	}
	return diags
}

// allArguments checks the arguments of every instance. They are many and need nothing of each other, so all processors share them.
func (s *Scope) allArguments() hcl.Diagnostics {
	found, configs := make([]hcl.Diagnostics, len(s.instances)), make([]Config, len(s.instances))
	workers := min(runtime.GOMAXPROCS(0), len(s.instances))
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for n := w; n < len(s.instances); n += workers {
				i := s.instances[n]
				c := newConfig()
				f, own := s.arguments(&c, i)
				found[n] = about(own, i.Addr)
				if c.Known = f.known && !own.HasErrors(); c.Known && c.Token.Second != sdk.KeepsFirst {
					f.collect(&c)
					configs[n] = Config{Known: true, Account: c.Account, Set: c.Set, Token: c.Token}
				}
			}
		})
	}
	group.Wait()
	var diags hcl.Diagnostics
	for _, b := range s.ordered {
		diags = append(diags, distinct(found, b.instances)...)
	}
	return append(diags, s.rivals(configs)...)
}

// distinct joins what was found at the instances of a block. What is wrong with each of them in the same way is said once, of the first.
func distinct(found []hcl.Diagnostics, instances []int) hcl.Diagnostics {
	if len(instances) == 1 {
		return found[instances[0]]
	}
	type text struct{ at, summary, detail string }
	seen := make(map[text]bool)
	var diags hcl.Diagnostics
	for _, n := range instances {
		for _, d := range found[n] {
			key := text{summary: d.Summary, detail: d.Detail}
			if d.Subject != nil {
				key.at = d.Subject.String()
			}
			if !seen[key] {
				seen[key] = true
				diags = append(diags, d)
			}
		}
	}
	return diags
}

// versions checks what the flow requires of authrun and of the plugins that are known.
func (s *Scope) versions() hcl.Diagnostics {
	var diags hcl.Diagnostics
	set := s.flow.Settings
	if running, err := version.NewVersion(s.in.Version); err == nil && set.RequiredVersion != nil && !set.RequiredVersion.Check(running) {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Unsuitable version of authrun",
			Detail: fmt.Sprintf("The flow requires authrun %s, and this is %s. Install a version that fits, or change required_version.",
				set.RequiredVersion, s.in.Version),
			Subject: set.VersionRange.Ptr(),
		})
	}
	for _, required := range set.RequiredPlugins {
		sc := s.schemas[required.Vendor]
		if sc == nil || required.Version == nil || s.in.Free[required.Vendor] != "" {
			continue
		}
		has, err := version.NewVersion(sc.description.Version)
		if err == nil && required.Version.Check(has) {
			continue
		}
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Unsuitable version of a plugin",
			Detail: fmt.Sprintf("The flow requires the plugin %s %s, and the one that was found is %q. Install a version that fits, or change "+
				"required_plugins.", required.Vendor, required.Version, sc.description.Version),
			Subject: required.Range.Ptr(),
		})
	}
	return diags
}

// dependencies checks the addresses of depends_on.
func (s *Scope) dependencies(b *block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, dep := range b.decl.DependsOn {
		if len(s.Select(dep.Addr)) > 0 {
			continue
		}
		to := s.blocks[dep.Addr.Block()]
		var detail string
		switch {
		case to == nil:
			detail = fmt.Sprintf("The flow declares no block auth %q %q.%s", dep.Addr.Vendor, dep.Addr.Name, s.nearestBlock(dep.Addr.Block()))
		case dep.Addr.Key.IsSet() && !to.broken && !to.unknown:
			detail = fmt.Sprintf("%s has no instance %s.%s", dep.Addr.Block(), dep.Addr.Key, s.nearestKey(dep.Addr.Key, to))
		default:
			continue
		}
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Undeclared auth block", Detail: detail, Subject: dep.Range.Ptr()})
	}
	return diags
}

// conditions checks what the conditions of a block refer to.
func (s *Scope) conditions(i Instance) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, c := range i.Auth.Preconditions {
		diags = append(diags, s.check(append(references(c.Condition), references(c.ErrorMessage)...), place{inst: &i})...)
	}
	p := place{inst: &i, self: s.credential(s.index[i.Addr])}
	for _, c := range i.Auth.Postconditions {
		diags = append(diags, s.check(append(references(c.Condition), references(c.ErrorMessage)...), p)...)
	}
	return diags
}

// cycles names every block and local of each cycle, with its place.
func (s *Scope) cycles() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, cycle := range s.graph.Cycles() {
		var steps []string
		var start hcl.Range
		seen := make(map[hcl.Range]bool)
		for _, node := range cycle {
			name, at := s.describeNode(node)
			if start.Filename == "" {
				start = at
			}
			if !seen[at] { // an instance and the join of its block are one thing to the flow's author
				seen[at] = true
				steps = append(steps, fmt.Sprintf("%s (%s:%d)", name, at.Filename, at.Start.Line))
			}
		}
		detail := fmt.Sprintf("%s refers to itself. Remove that reference.", steps[0])
		if len(steps) > 1 {
			detail = fmt.Sprintf("These need each other, so none of them can come first: %s needs %s, and that needs the first again. Remove one of "+
				"the references.", steps[0], strings.Join(steps[1:], ", which needs "))
		}
		d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Cycle", Detail: detail, Subject: start.Ptr()}
		if first := cycle[0]; first < len(s.instances) {
			extend(d, func(a *About) { a.Addr = s.instances[first].Addr })
		}
		diags = append(diags, d)
	}
	return diags
}

// describeNode names a node of the graph as the flow's author knows it.
func (s *Scope) describeNode(node int) (name string, at hcl.Range) {
	if node < len(s.instances) {
		i := s.instances[node]
		return i.Addr.String(), i.Auth.Range
	}
	node -= len(s.instances)
	if node < len(s.ordered) {
		decl := s.ordered[node].decl
		return decl.Addr().String(), decl.Range
	}
	decl := s.flow.Locals[node-len(s.ordered)]
	return "local." + decl.Name, decl.Range
}
