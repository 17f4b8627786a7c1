package functions

import (
	"regexp"
	"strings"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// The bounds of what functions make: a flow that multiplies texts or lists ends with a message, and not with the machine's memory.
const (
	maxText     = 16 << 20 // bytes of a text
	maxElements = 1 << 20  // of a list
	maxNesting  = 1000     // brackets in a document
	maxDigits   = 4096     // of a number written as text
	maxSpaces   = 1000     // of an indentation
)

// limited wraps a function so that check sees its arguments first, without their marks.
func limited(f function.Function, check func(args []cty.Value) error) function.Function {
	checked := func(args []cty.Value) error {
		bare := make([]cty.Value, len(args))
		for i, arg := range args {
			bare[i], _ = mark.Take(arg)
		}
		return check(bare)
	}
	params, rest := f.Params(), f.VarParam()
	for i := range params {
		params[i] = open(params[i])
	}
	if rest != nil {
		*rest = open(*rest)
	}
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      params,
		VarParam:    rest,
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := checked(args); err != nil {
				return cty.NilType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

// described gives a function a description.
func described(f function.Function, doc string) function.Function {
	return f.WithNewDescriptions(doc, make([]string, len(f.Params())+variadic(f)))
}

func variadic(f function.Function) int {
	if f.VarParam() == nil {
		return 0
	}
	return 1
}

// textArg is an argument that is a known string.
func textArg(v cty.Value) (string, bool) {
	if v.Type() != cty.String || !v.IsKnown() || v.IsNull() {
		return "", false
	}
	return v.AsString(), true
}

// nests tells whether the brackets of a document nest too deep to be read without using up the stack.
func nests(text string) bool {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '[', '{':
			if depth++; depth > maxNesting {
				return true
			}
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return false
}

var (
	jsonDecode = limited(stdlib.JSONDecodeFunc, func(args []cty.Value) error {
		if text, ok := textArg(args[0]); ok && nests(text) {
			return function.NewArgError(0, errNested)
		}
		return nil
	})
	parseInt    = limited(stdlib.ParseIntFunc, shortNumber)
	indentFunc  = limited(stdlib.IndentFunc, fewSpaces)
	setProduct  = limited(stdlib.SetProductFunc, smallProduct)
	joinFunc    = limited(stdlib.JoinFunc, smallJoin)
	replaceText = limited(replaceFunc, smallReplace)
)

func shortNumber(args []cty.Value) error {
	if text, ok := textArg(args[0]); ok && len(text) > maxDigits {
		return function.NewArgError(0, errTooLarge)
	}
	return nil
}

func fewSpaces(args []cty.Value) error {
	n := args[0]
	if n.Type() == cty.Number && n.IsKnown() && !n.IsNull() && n.GreaterThan(cty.NumberIntVal(maxSpaces)).True() {
		return function.NewArgErrorf(0, "at most %d spaces are allowed", maxSpaces)
	}
	return nil
}

func smallProduct(args []cty.Value) error {
	product := 1
	for _, arg := range args {
		ty := arg.Type()
		if !arg.IsKnown() || arg.IsNull() || !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() {
			return nil
		}
		if product *= arg.LengthInt(); product > maxElements {
			return function.NewArgErrorf(0, "the result would have more than %d elements", maxElements)
		}
	}
	return nil
}

func smallJoin(args []cty.Value) error {
	separator, ok := textArg(args[0])
	if !ok || len(args) == 1 {
		return nil
	}
	size := 0
	for _, list := range args[1:] {
		if !list.IsKnown() || list.IsNull() || !list.CanIterateElements() {
			return nil
		}
		for it := list.ElementIterator(); it.Next(); {
			_, v := it.Element()
			text, _ := textArg(v)
			if size += len(text) + len(separator); size > maxText {
				return tooLong(1)
			}
		}
	}
	return nil
}

func smallReplace(args []cty.Value) error {
	text, ok1 := textArg(args[0])
	search, ok2 := textArg(args[1])
	replacement, ok3 := textArg(args[2])
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	count, growth := strings.Count(text, search), len(replacement)
	if pattern, is := pattern(search); is {
		expr, err := regexp.Compile(pattern)
		if err != nil {
			return nil // replace tells it
		}
		count = len(expr.FindAllStringIndex(text, -1))
		if strings.Contains(replacement, "$") {
			growth += strings.Count(replacement, "$") * len(text) / max(count, 1)
		}
	}
	if len(text)+count*growth > maxText {
		return tooLong(0)
	}
	return nil
}

func tooLong(arg int) error {
	return function.NewArgErrorf(arg, "the result would be larger than %d MiB", maxText>>20)
}
