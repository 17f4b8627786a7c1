package eval

import (
	"slices"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Secrets are the strings in sensitive variables, for redaction.
func (s *Scope) Secrets() []string {
	var found []string
	for _, v := range s.vars {
		if bare, marks := mark.Take(v.value); marks.Sensitive() {
			found = append(found, texts(bare)...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// SensitiveRanges are the places in the sources where a secret is written out, so that no snippet shows it: literals in arguments that the
// schema calls sensitive, in values for sensitive variables, in calls of sensitive(), and in the locals that these refer to.
func (s *Scope) SensitiveRanges() []hcl.Range {
	h := hider{s: s, seen: make(map[string]bool)}
	for _, decl := range s.flow.Variables {
		if !decl.Sensitive {
			continue
		}
		h.expr(decl.Default)
		if from := s.vars[decl.Name].from; from != nil {
			h.expr(from.expr)
		}
	}
	for _, b := range s.ordered {
		if sc := s.schemas[b.decl.Vendor]; sc != nil {
			h.body(sc.config, b.decl.Body)
		}
	}
	return h.ranges
}

// hider collects the places of literals.
type hider struct {
	s      *Scope
	seen   map[string]bool // locals
	ranges []hcl.Range
}

func (h *hider) body(bs *blockSchema, body hcl.Body) {
	content, rest, _ := body.PartialContent(bs.body)
	h.unknown(rest)
	for _, arg := range bs.args {
		attr := content.Attributes[arg.Name]
		switch {
		case attr == nil:
		case arg.Sensitive:
			h.expr(attr.Expr)
		default:
			h.calls(attr.Expr)
		}
	}
	for _, block := range content.Blocks {
		for _, n := range bs.blocks {
			if n.Name == block.Type {
				h.body(n.inner, block.Body)
			}
		}
	}
}

// unknown hides what is set under names that the schema does not know: it may be a secret under a misspelt name.
func (h *hider) unknown(rest hcl.Body) {
	attrs, _ := rest.JustAttributes()
	for _, attr := range attrs {
		h.expr(attr.Expr)
	}
}

// expr hides the literals of an expression, and of the locals that it refers to. In JSON the whole value is hidden.
func (h *hider) expr(e hcl.Expression) {
	if e == nil {
		return
	}
	for _, ref := range references(e) {
		if l := h.s.locals[ref.Name]; ref.Kind == flow.RefLocal && l != nil && !h.seen[ref.Name] {
			h.seen[ref.Name] = true
			h.expr(l.decl.Expr)
		}
	}
	native, ok := e.(hclsyntax.Expression)
	if !ok {
		if len(e.Variables()) == 0 {
			h.ranges = append(h.ranges, e.Range())
		}
		return
	}
	h.literals(native)
}

// literals hides the strings and numbers in a native expression, except what only names where a secret comes from.
func (h *hider) literals(e hclsyntax.Expression) {
	named := make(map[hclsyntax.Node]bool)
	_ = hclsyntax.VisitAll(e, func(node hclsyntax.Node) hcl.Diagnostics {
		switch node := node.(type) {
		case *hclsyntax.FunctionCallExpr:
			if (node.Name == "env" || node.Name == "secret_file" || node.Name == "file") && len(node.Args) > 0 {
				named[node.Args[0]] = true
				_ = hclsyntax.VisitAll(node.Args[0], func(inner hclsyntax.Node) hcl.Diagnostics {
					named[inner] = true
					return nil
				})
			}
		case *hclsyntax.LiteralValueExpr:
			if ty := node.Val.Type(); !named[node] && (ty == cty.String || ty == cty.Number) {
				h.ranges = append(h.ranges, node.SrcRange)
			}
		}
		return nil
	})
}

// calls hides the literals in calls of sensitive().
func (h *hider) calls(e hcl.Expression) {
	native, ok := e.(hclsyntax.Expression)
	if !ok {
		return
	}
	_ = hclsyntax.VisitAll(native, func(node hclsyntax.Node) hcl.Diagnostics {
		if call, ok := node.(*hclsyntax.FunctionCallExpr); ok && call.Name == "sensitive" {
			for _, arg := range call.Args {
				h.literals(arg)
			}
		}
		return nil
	})
}
