package functions

import (
	"errors"
	"fmt"
	"strings"

	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// templateFile renders a template that lies in a file.
func (w World) templateFile(all map[string]function.Function) function.Function {
	return template("path", "The text of a template file with its expressions evaluated.", all, func(arg string) (src []byte, name string, err error) {
		path := w.path(arg)
		src, _, err = w.readFile(path)
		if err == nil {
			_, err = textOf(path, src)
		}
		return src, path, err
	})
}

// templateString renders a template that is given as a string.
func templateString(all map[string]function.Function) function.Function {
	return template("template", "A template with its expressions evaluated.", all, func(arg string) (src []byte, name string, err error) {
		return []byte(arg), "template", nil
	})
}

// template makes a function that renders what load gives, with the members of its second argument as variables. Templates call all
// functions but those that render templates, so that none can include itself.
func template(param, doc string, all map[string]function.Function, load func(arg string) ([]byte, string, error)) function.Function {
	inside := make(map[string]function.Function, len(all))
	for name, f := range all {
		inside[name] = guard(f)
	}
	delete(inside, "templatestring")
	delete(inside, "templatefile")
	render := func(args []cty.Value) (cty.Value, error) {
		src, name, err := load(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		vars, err := members(args[1])
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		if flow.TooDeep(src, name) != nil {
			return cty.NilVal, function.NewArgErrorf(0, "the template nests too deep")
		}
		expr, diags := hclsyntax.ParseTemplate(src, name, hcl.InitialPos)
		if !diags.HasErrors() {
			diags = flow.TooLarge(expr, src)
		}
		if !diags.HasErrors() {
			var v cty.Value
			if v, diags = expr.Value(&hcl.EvalContext{Variables: vars, Functions: inside}); !diags.HasErrors() {
				return v, nil
			}
		}
		if problem := renderer(diags); problem != "" {
			return cty.NilVal, function.NewArgErrorf(0, "a template cannot call %s: templates render no other templates, so that none goes round "+
				"in a circle; render the inner one outside, and give its text as a variable", problem)
		}
		return cty.NilVal, function.NewArgErrorf(0, "the template is wrong: %s", firstError(diags))
	}
	return function.New(&function.Spec{
		Description: doc,
		Params: []function.Parameter{{Name: param, Type: cty.String},
			{Name: "vars", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if !args[0].IsKnown() || !args[1].IsKnown() {
				return cty.DynamicPseudoType, nil
			}
			v, err := render(args)
			if err != nil {
				return cty.NilType, err
			}
			return v.Type(), nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !args[1].IsKnown() {
				return cty.DynamicVal, nil
			}
			return render(args)
		},
	})
}

// renderer is the function whose call in a template is refused, or empty.
func renderer(diags hcl.Diagnostics) string {
	for _, d := range diags {
		for _, name := range []string{"templatefile", "templatestring"} {
			if d.Summary == "Call to unknown function" && strings.Contains(d.Detail, "\""+name+"\"") {
				return name
			}
		}
	}
	return ""
}

// members are the parts of an object or map, by name. What is known of the whole is known of each.
func members(v cty.Value) (map[string]cty.Value, error) {
	v, marks := v.Unmark()
	if v.IsNull() || !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return nil, errors.New("an object or map is needed")
	}
	vars := make(map[string]cty.Value)
	for key, part := range v.AsValueMap() {
		if !hclsyntax.ValidIdentifier(key) {
			return nil, fmt.Errorf("%q cannot name a variable of a template", key)
		}
		vars[key] = part.WithMarks(marks)
	}
	return vars, nil
}

// firstError is the first error of diags in one line, with its place.
func firstError(diags hcl.Diagnostics) string {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			if d.Subject != nil {
				return fmt.Sprintf("%s: %s %s", d.Subject, d.Summary, d.Detail)
			}
			return d.Summary + " " + d.Detail
		}
	}
	return "unknown"
}
