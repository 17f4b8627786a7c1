package flow

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
)

// Variable is a `variable` block: an input of the flow.
type Variable struct {
	Name        string
	Description string
	Type        cty.Type           // cty.DynamicPseudoType where any value will do
	Defaults    *typeexpr.Defaults // of optional() attributes; nil: none
	Default     hcl.Expression     // nil: the variable must be set
	Sensitive   bool
	Nullable    bool
	Validations []*Condition
	Range       hcl.Range // of the block's header
}

var variableSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "type"}, {Name: "default"}, {Name: "description"}, {Name: "sensitive"}, {Name: "nullable"}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "validation"}},
}

func (l *loader) variable(block *hcl.Block) {
	v := &Variable{Name: block.Labels[0], Type: cty.DynamicPseudoType, Nullable: true, Range: block.DefRange}
	known := l.unique("variable", v.Name, block.LabelRanges[0])
	content := l.content("a variable block", block.Body, variableSchema)
	if e := expr(content, "type"); e != nil {
		ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(e)
		l.diags = append(l.diags, diags...)
		if !diags.HasErrors() {
			v.Type, v.Defaults = ty, defaults
		}
	}
	l.constant(content, "description", &v.Description)
	l.constant(content, "sensitive", &v.Sensitive)
	l.constant(content, "nullable", &v.Nullable)
	v.Default = expr(content, "default")
	v.Validations = l.conditions(content, "validation")
	if known {
		l.flow.Variables = append(l.flow.Variables, v)
	}
}
