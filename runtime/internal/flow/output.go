package flow

import "github.com/hashicorp/hcl/v2"

// Output is an `output` block: a value that the flow hands out.
type Output struct {
	Name          string
	Description   string
	Value         hcl.Expression
	Sensitive     bool
	Env           hcl.Expression // name of the environment variable; nil: none
	File          hcl.Expression // path of a file to keep; nil: none
	FileMode      hcl.Expression // its permissions in octal, a string; nil: "0600"
	Preconditions []*Condition
	Range         hcl.Range // of the block's header
}

var outputSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "value", Required: true}, {Name: "description"}, {Name: "sensitive"},
		{Name: "env"}, {Name: "file"}, {Name: "file_mode"}},
	Blocks: []hcl.BlockHeaderSchema{{Type: "precondition"}},
}

func (l *loader) output(block *hcl.Block) {
	o := &Output{Name: block.Labels[0], Range: block.DefRange}
	known := l.unique("output", o.Name, block.LabelRanges[0])
	content := l.content("an output block", block.Body, outputSchema)
	l.constant(content, "description", &o.Description)
	l.constant(content, "sensitive", &o.Sensitive)
	o.Value = expr(content, "value")
	o.Env, o.File, o.FileMode = expr(content, "env"), expr(content, "file"), expr(content, "file_mode")
	o.Preconditions = l.conditions(content, "precondition")
	if o.FileMode != nil && o.File == nil {
		l.fail(o.FileMode.Range(), "Misplaced argument", "file_mode says how the output's file is made, but the output names no file. Set file too, or remove file_mode.")
	}
	if known && o.Value != nil {
		l.flow.Outputs = append(l.flow.Outputs, o)
	}
}
