package flow

import "github.com/hashicorp/hcl/v2"

// Condition is a precondition, postcondition or validation: something that must hold, and what to say where it does not.
type Condition struct {
	Condition    hcl.Expression
	ErrorMessage hcl.Expression
	Range        hcl.Range // of the block's header
}

var conditionSchema = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "condition", Required: true},
	{Name: "error_message", Required: true},
}}

// conditions reads all blocks of that type, and leaves out those that lack a part.
func (l *loader) conditions(content *hcl.BodyContent, kind string) []*Condition {
	var found []*Condition
	for _, block := range content.Blocks {
		if block.Type != kind {
			continue
		}
		body := l.content("a "+kind+" block", block.Body, conditionSchema)
		c := &Condition{Condition: expr(body, "condition"), ErrorMessage: expr(body, "error_message"), Range: block.DefRange}
		if c.Condition == nil || c.ErrorMessage == nil {
			continue
		}
		if _, ok := literal(c.Condition); ok {
			l.fail(c.Condition.Range(), "Constant condition", "The condition of a %s must refer to something; a constant always holds, or never.", kind)
			continue
		}
		found = append(found, c)
	}
	return found
}
