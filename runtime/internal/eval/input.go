package eval

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/authrun/authrun/runtime/internal/eval/functions"
	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/authrun/authrun/runtime/internal/flow"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"
)

// varPrefix is the beginning of the environment variables that set a flow's variables.
const varPrefix = "AUTHRUN_VAR_"

// gather reads the sources of variables in rising order of force: environment, automatic files, named files, the
// command line, and what the command line says to read.
func (s *Scope) gather(names []string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, name := range names {
		if text, set := s.in.Env(varPrefix + name); set {
			diags = append(diags, s.giveText(name, text, varPrefix+name)...)
		}
	}
	for _, path := range s.automaticFiles() {
		diags = append(diags, s.giveFile(s.flow.Place, path, names)...)
	}
	for _, path := range s.in.VarFiles {
		diags = append(diags, s.giveFile(flow.Place{}, path, names)...)
	}
	for _, pair := range s.in.Vars {
		name, text, ok := strings.Cut(pair, "=")
		switch {
		case !ok:
			// What stands there may be a secret that lost its name.
			diags = append(diags, failure("Invalid variable option", "A variable is set with --var NAME=VALUE; one option has no \"=\"."))
		case s.vars[name] == nil:
			diags = append(diags, failure("Undeclared variable", fmt.Sprintf("--var sets %q, but the flow declares no variable of that name.%s "+
				"Declare it with a block: variable %q { }", name, flow.DidYouMean(name, names), name)))
		default:
			diags = append(diags, s.giveText(name, text, "--var")...)
		}
	}
	diags = append(diags, s.gatherFrom(names)...)
	for _, name := range slices.Sorted(maps.Keys(s.in.Values)) {
		diags = append(diags, s.giveValue(name, s.in.Values[name], names)...)
	}
	return diags
}

// giveValue takes a value that the program gave. It is in no message: it may be a secret.
func (s *Scope) giveValue(name string, value any, names []string) hcl.Diagnostics {
	const source = "the program"
	v := s.vars[name]
	if v == nil {
		return hcl.Diagnostics{failure("Undeclared variable", fmt.Sprintf("The program sets %q, but the flow declares no variable of that name.%s "+
			"Declare it with a block: variable %q { }", name, flow.DidYouMean(name, names), name))}
	}
	of, err := functions.Value(value)
	if err != nil {
		v.from = &given{value: unknownOf(v), source: source}
		return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Wrong variable value", Subject: v.decl.Range.Ptr(),
			Detail: fmt.Sprintf("The value of the variable %q cannot be used: %s.", name, err)}}
	}
	v.from = &given{value: of, source: source}
	return nil
}

func failure(summary, detail string) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail}
}

// automaticFiles are the *.auto.hclvars files beside the flow, in the order of their names.
func (s *Scope) automaticFiles() []string {
	if s.flow.Dir == "" {
		return nil
	}
	place := s.flow.Place
	entries, err := place.ReadDir(s.flow.Dir)
	if err != nil {
		return nil // the flow itself could be read; a folder that cannot be listed has no automatic files
	}
	dir := s.flow.Path
	if info, err := place.Stat(dir); err != nil || !info.IsDir() {
		dir = place.Join(dir, "..")
	}
	var files []string
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() && !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".auto.hclvars") || strings.HasSuffix(name, ".auto.hclvars.json")) {
			files = append(files, place.Join(dir, name))
		}
	}
	return files
}

// giveFile takes the values of a variable file.
func (s *Scope) giveFile(place flow.Place, path string, names []string) hcl.Diagnostics {
	file, diags := place.ReadFile(path)
	if file == nil {
		return diags
	}
	s.files[path] = file
	attrs, attrDiags := file.Body.JustAttributes()
	flow.Takes{Body: "a file of variables"}.Explain(attrDiags, func(r hcl.Range) string { return flow.TextAt(file, r) })
	diags = append(diags, attrDiags...)
	for _, attr := range sorted(attrs) {
		v := s.vars[attr.Name]
		if v == nil {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Undeclared variable",
				Detail: fmt.Sprintf("This file sets %q, but the flow declares no variable of that name.%s", attr.Name,
					flow.DidYouMean(attr.Name, names)),
				Subject: attr.NameRange.Ptr(),
			})
			continue
		}
		value, valueDiags := attr.Expr.Value(nil)
		diags = append(diags, valueDiags...)
		if s.changedSource(attr.Expr) && !valueDiags.HasErrors() {
			value = value.Mark(mark.Changed)
		}
		if valueDiags.HasErrors() {
			value = unknownOf(v)
		}
		v.from = &given{value: value, expr: attr.Expr, source: path}
	}
	return diags
}

// sorted are attributes in the order of their places.
func sorted(attrs hcl.Attributes) []*hcl.Attribute {
	all := make([]*hcl.Attribute, 0, len(attrs))
	for _, attr := range attrs {
		all = append(all, attr)
	}
	slices.SortFunc(all, func(a, b *hcl.Attribute) int { return a.Range.Start.Byte - b.Range.Start.Byte })
	return all
}

// giveText takes a value that came as text. For a variable whose type is a plain one the text is the value; for others it is an expression.
func (s *Scope) giveText(name, text, source string) hcl.Diagnostics {
	v := s.vars[name]
	if !utf8.ValidString(text) {
		v.from = &given{value: unknownOf(v), source: source}
		return hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "Wrong variable value",
			Detail: fmt.Sprintf("The value of the variable %q from %s holds bytes that are no UTF-8 text. Give such bytes in Base64, if the vendor "+
				"accepts that.", name, source),
			Subject: v.decl.Range.Ptr(),
		}}
	}
	if ty := v.decl.Type; ty.IsPrimitiveType() || ty == cty.DynamicPseudoType {
		value := cty.StringVal(text)
		if !norm.NFC.IsNormalString(text) {
			value = value.Mark(mark.Changed)
		}
		v.from = &given{value: value, text: text, source: source}
		return nil
	}
	value, diags := literalValue(text, source)
	if diags.HasErrors() {
		v.from = &given{value: unknownOf(v), text: text, source: source}
		return hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "Wrong variable value",
			Detail: fmt.Sprintf("The value of the variable %q from %s is no expression of the type that it is declared with. Write it as in "+
				"a flow: [\"a\", \"b\"] or {a = 1}.", name, source),
			Subject: v.decl.Range.Ptr(),
		}}
	}
	if !norm.NFC.IsNormalString(text) {
		value = value.Mark(mark.Changed)
	}
	v.from = &given{value: value, text: text, source: source}
	return nil
}

// literalValue evaluates an expression that refers to nothing and calls nothing.
func literalValue(text, source string) (cty.Value, hcl.Diagnostics) {
	if diag := flow.TooDeep([]byte(text), source); diag != nil {
		return cty.DynamicVal, hcl.Diagnostics{diag}
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), source, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return expr.Value(nil)
}

// unknownOf stands for a value that is wrong: what else is wrong with the flow can be told without it.
func unknownOf(v *variable) cty.Value {
	return cty.UnknownVal(v.decl.Type.WithoutOptionalAttributesDeep())
}
