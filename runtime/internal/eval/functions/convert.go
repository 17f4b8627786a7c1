package functions

import (
	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// conversion makes the function that converts to the type it is named for.
func conversion(name string) function.Function {
	return stdlib.MakeToFunc(map[string]cty.Type{
		"tobool": cty.Bool, "tonumber": cty.Number, "tostring": cty.String, "tolist": cty.List(cty.DynamicPseudoType),
		"tomap": cty.Map(cty.DynamicPseudoType), "toset": cty.Set(cty.DynamicPseudoType),
	}[name])
}

// anyValue is a parameter that takes everything as it is.
var anyValue = function.Parameter{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true}

func sameType(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil }

var sensitiveFunc = function.New(&function.Spec{
	Description: "The same value, but sensitive: it is shown to nobody.",
	Params:      []function.Parameter{anyValue},
	Type:        sameType,
	Impl:        func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0].Mark(mark.Sensitive), nil },
})

var nonsensitiveFunc = function.New(&function.Spec{
	Description: "The same value, but not sensitive: whoever writes this says that everybody may see it.",
	Params:      []function.Parameter{anyValue},
	Type:        sameType,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		bare, marks := args[0].UnmarkDeepWithPaths()
		for i := range marks {
			delete(marks[i].Marks, mark.Sensitive)
		}
		return bare.MarkWithPaths(marks), nil
	},
})

var isSensitiveFunc = function.New(&function.Spec{
	Description: "Whether a value or a part of it is sensitive.",
	Params:      []function.Parameter{anyValue},
	Type:        function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.BoolVal(mark.IsSensitive(args[0])), nil
	},
})
