package flow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Takes is what a body may hold, for saying what is wrong with what else stands in it.
type Takes struct {
	Body      string   // what the body is: "a retry block"
	Arguments []string // in the order in which they are listed
	Blocks    []string
	Beside    *Takes // taken too, but not listed: offered where one is near; nil: nothing
}

// takes is what a body of that schema may hold.
func takes(body string, schema *hcl.BodySchema) Takes {
	t := Takes{Body: body}
	for _, a := range schema.Attributes {
		t.Arguments = append(t.Arguments, a.Name)
	}
	for _, b := range schema.Blocks {
		t.Blocks = append(t.Blocks, b.Type)
	}
	return t
}

// Explain puts words of our own in place of HCL's about names that a body does not take: they name the nearest one, and all there are. text
// gives the source at a place.
func (t Takes) Explain(diags hcl.Diagnostics, text func(hcl.Range) string) {
	for _, d := range diags {
		if d.Subject == nil {
			continue
		}
		switch {
		case d.Summary == "Unsupported argument", d.Summary == "Extraneous JSON object property":
			d.Detail = t.noArgument(text(*d.Subject))
		case d.Summary == "Unsupported block type":
			d.Detail = t.noBlock(text(*d.Subject))
		case strings.HasPrefix(d.Summary, "Unexpected ") && strings.HasSuffix(d.Summary, " block"):
			name := text(*d.Subject)
			d.Summary = "Unsupported block type"
			d.Detail = fmt.Sprintf("There are no blocks in %s, only names with values. If %q is such a name, write it with an equals sign: %s = { ... }",
				t.Body, name, name)
		}
	}
}

func (t Takes) noArgument(name string) string {
	if slices.Contains(t.allBlocks(), name) {
		return fmt.Sprintf("%q is a block, not an argument: write it without an equals sign, %s { ... }", name, name)
	}
	return t.unknown("argument or block", name)
}

func (t Takes) noBlock(name string) string {
	if slices.Contains(t.allArguments(), name) {
		return fmt.Sprintf("%q is an argument, not a block: write it with an equals sign, %s = ...", name, name)
	}
	return t.unknown("argument or block", name)
}

// unknown says that there is no such name, which one is near, and which there are.
func (t Takes) unknown(kind, name string) string {
	if len(t.Arguments) == 0 {
		kind = "block"
	}
	near := DidYouMean(name, slices.Concat(t.allArguments(), t.allBlocks()))
	return fmt.Sprintf("There is no %s %q in %s.%s It takes %s.", kind, name, t.Body, near, phrase(slices.Concat(t.Arguments, t.Blocks)))
}

func (t Takes) allArguments() []string {
	if t.Beside == nil {
		return t.Arguments
	}
	return slices.Concat(t.Arguments, t.Beside.Arguments)
}

func (t Takes) allBlocks() []string {
	if t.Beside == nil {
		return t.Blocks
	}
	return slices.Concat(t.Blocks, t.Beside.Blocks)
}

// phrase lists names: "a", "a and b", "a, b and c".
func phrase(names []string) string {
	if len(names) < 2 {
		return strings.Join(append(names, "nothing")[:1], "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Text is the source at a place, without the quotes of JSON; nothing where the place is in none of the flow's files.
func (f *Flow) Text(r hcl.Range) string { return TextAt(f.Files[r.Filename], r) }

// TextAt is the source at a place of a file, without the quotes of JSON; nothing where it is not there.
func TextAt(file *hcl.File, r hcl.Range) string {
	if file == nil || !r.CanSliceBytes(file.Bytes) {
		return ""
	}
	text := string(r.SliceBytes(file.Bytes))
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	return text
}
