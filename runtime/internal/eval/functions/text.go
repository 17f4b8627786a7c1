package functions

import (
	"regexp"
	"strings"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"golang.org/x/text/unicode/norm"
)

// text2value makes a value of a text that comes from outside, and marks it where Unicode's normal form changes it.
func text2value(text string) cty.Value {
	v := cty.StringVal(text)
	if !norm.NFC.IsNormalString(text) {
		v = v.Mark(mark.Changed)
	}
	return v
}

var (
	startsWith  = testFunc("Whether a string starts with another.", "prefix", strings.HasPrefix)
	endsWith    = testFunc("Whether a string ends with another.", "suffix", strings.HasSuffix)
	strContains = testFunc("Whether a string holds another.", "substring", strings.Contains)
)

// testFunc makes a function that asks something of two strings.
func testFunc(doc, second string, f func(s, other string) bool) function.Function {
	return function.New(&function.Spec{
		Description:  doc,
		Params:       []function.Parameter{{Name: "text", Type: cty.String}, {Name: second, Type: cty.String}},
		Type:         function.StaticReturnType(cty.Bool),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(f(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// replaceFunc replaces text; a search between slashes is a regular expression, as in Terraform.
var replaceFunc = function.New(&function.Spec{
	Description: "A string with every occurrence of a text replaced; a text between slashes is a regular expression.",
	Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "search", Type: cty.String},
		{Name: "replacement", Type: cty.String}},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		search := args[1].AsString()
		if pattern, is := pattern(search); is {
			if _, err := regexp.Compile(pattern); err != nil {
				return cty.NilVal, function.NewArgErrorf(1, "not a regular expression: %s", err)
			}
			return stdlib.RegexReplace(args[0], cty.StringVal(pattern), args[2])
		}
		return cty.StringVal(strings.ReplaceAll(args[0].AsString(), search, args[2].AsString())), nil
	},
})

// pattern is the regular expression that a search means, and whether it means one.
func pattern(search string) (string, bool) {
	if len(search) < 2 || !strings.HasPrefix(search, "/") || !strings.HasSuffix(search, "/") {
		return "", false
	}
	return search[1 : len(search)-1], true
}
