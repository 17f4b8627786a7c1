package flow

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// content decodes a body that holds what schema says and nothing else. what names the body in messages: "a retry block".
func (l *loader) content(what string, body hcl.Body, schema *hcl.BodySchema) *hcl.BodyContent {
	content, diags := body.Content(schema)
	if len(diags) > 0 {
		takes(what, schema).Explain(diags, l.flow.Text)
	}
	l.diags = append(l.diags, diags...)
	return content
}

// attributes are all attributes of a body that holds no blocks, in the order of their places. what names the body in messages.
func (l *loader) attributes(what string, body hcl.Body) []*hcl.Attribute {
	attrs, diags := body.JustAttributes()
	Takes{Body: what}.Explain(diags, l.flow.Text)
	l.diags = append(l.diags, diags...)
	sorted := make([]*hcl.Attribute, 0, len(attrs))
	for _, attr := range attrs {
		sorted = append(sorted, attr)
	}
	slices.SortFunc(sorted, func(a, b *hcl.Attribute) int { return a.Range.Start.Byte - b.Range.Start.Byte })
	return sorted
}

// expr is the expression of an optional attribute, or nil.
func expr(content *hcl.BodyContent, name string) hcl.Expression {
	if attr, ok := content.Attributes[name]; ok {
		return attr.Expr
	}
	return nil
}

// constant decodes an optional attribute that must be a constant into target, a pointer; it stays as it is where the attribute is missing.
func (l *loader) constant(content *hcl.BodyContent, name string, target any) {
	attr, ok := content.Attributes[name]
	if !ok {
		return
	}
	if len(attr.Expr.Variables()) > 0 {
		l.fail(attr.Expr.Range(), "Constant needed", "The argument %q is read before anything is evaluated, so it must be a literal value without references.", name)
		return
	}
	if v, diags := attr.Expr.Value(nil); diags.HasErrors() {
		l.diags = append(l.diags, diags...)
		return
	} else if v.IsNull() {
		return
	}
	l.diags = append(l.diags, gohcl.DecodeExpression(attr.Expr, nil, target)...)
}

// single is the only block of a type, or nil. A second one is reported.
func (l *loader) single(content *hcl.BodyContent, kind string) *hcl.Block {
	var found *hcl.Block
	for _, block := range content.Blocks {
		if block.Type != kind {
			continue
		}
		if found != nil {
			l.fail(block.DefRange, "Duplicate block", "There may be only one %s block here; the first is at %s. Put the settings of both into one.",
				kind, found.DefRange)
			continue
		}
		found = block
	}
	return found
}

// identifier tells whether name may name something of that kind, and reports it where it may not.
func (l *loader) identifier(kind, name string, at hcl.Range) bool {
	if hclsyntax.ValidIdentifier(name) {
		return true
	}
	l.fail(at, "Invalid name", "%q cannot name a %s: a name starts with a letter, and holds letters, digits, _ and - only.", name, kind)
	return false
}

// literal is the value of an expression that refers to nothing and calls nothing.
func literal(e hcl.Expression) (cty.Value, bool) {
	if e == nil || len(e.Variables()) > 0 {
		return cty.NilVal, false
	}
	v, diags := e.Value(nil)
	return v, !diags.HasErrors()
}
