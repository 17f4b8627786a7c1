package functions

import (
	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// conversion makes the function that converts to the type it is named for.
func conversion(name string) function.Function {
	ty := map[string]cty.Type{
		"tobool": cty.Bool, "tonumber": cty.Number, "tostring": cty.String, "tolist": cty.List(cty.DynamicPseudoType),
		"tomap": cty.Map(cty.DynamicPseudoType), "toset": cty.Set(cty.DynamicPseudoType),
	}[name]
	if ty == cty.Number {
		return limited(stdlib.MakeToFunc(ty), shortNumber)
	}
	if ty.IsPrimitiveType() {
		return stdlib.MakeToFunc(ty)
	}
	return collection(ty)
}

// collection converts to a collection. It is go-cty's own function, but where all parts of a tuple or object are of one type it says which:
// go-cty would compare the types of all parts with each other, which takes minutes for the ten thousand keys of a large for_each.
func collection(ty cty.Type) function.Function {
	plain := stdlib.MakeToFunc(ty)
	precise := func(arg cty.Value) function.Function {
		part, ok := partType(arg.Type())
		switch {
		case !ok:
			return plain
		case ty.IsSetType():
			return stdlib.MakeToFunc(cty.Set(part))
		case ty.IsListType():
			return stdlib.MakeToFunc(cty.List(part))
		default:
			return stdlib.MakeToFunc(cty.Map(part))
		}
	}
	return function.New(&function.Spec{
		Description: plain.Description(),
		Params:      []function.Parameter{anyValue},
		Type:        func(args []cty.Value) (cty.Type, error) { return precise(args[0]).ReturnTypeForValues(args) },
		Impl:        func(args []cty.Value, _ cty.Type) (cty.Value, error) { return precise(args[0]).Call(args) },
	})
}

// partType is the one type of all parts of a tuple or object, and whether there is one.
func partType(ty cty.Type) (cty.Type, bool) {
	var types []cty.Type
	switch {
	case ty.IsTupleType():
		types = ty.TupleElementTypes()
	case ty.IsObjectType():
		for _, part := range ty.AttributeTypes() {
			types = append(types, part)
		}
	}
	if len(types) == 0 || types[0] == cty.DynamicPseudoType {
		return cty.NilType, false
	}
	for _, other := range types[1:] {
		if !other.Equals(types[0]) {
			return cty.NilType, false
		}
	}
	return types[0], true
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
