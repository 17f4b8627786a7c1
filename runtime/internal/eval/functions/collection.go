package functions

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// lengthFunc counts what go-cty's length does not: attributes of an object, elements of a tuple, characters of a string.
var lengthFunc = function.New(&function.Spec{
	Description: "The number of elements of a collection, of attributes of an object, or of characters of a string.",
	Params:      []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		ty := args[0].Type()
		if ty.IsCollectionType() || ty.IsObjectType() || ty.IsTupleType() || ty == cty.String || ty == cty.DynamicPseudoType {
			return cty.Number, nil
		}
		return cty.NilType, function.NewArgErrorf(0, "a list, set, map, object or string is needed")
	},
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		n := cty.UnknownVal(cty.Number)
		switch ty := v.Type(); {
		case ty == cty.DynamicPseudoType:
		case ty.IsTupleType():
			n = cty.NumberIntVal(int64(len(ty.TupleElementTypes())))
		case ty.IsObjectType():
			n = cty.NumberIntVal(int64(len(ty.AttributeTypes())))
		case ty == cty.String:
			var err error
			if n, err = stdlib.Strlen(v); err != nil {
				return cty.NilVal, err
			}
		default:
			n = v.Length()
		}
		return n.WithMarks(marks), nil
	},
})

// fold makes a function over the elements of a collection, none of which may be null.
func fold(doc string, elements, result cty.Type, f func(elements []cty.Value) (cty.Value, error)) function.Function {
	return function.New(&function.Spec{
		Description: doc,
		Params:      []function.Parameter{{Name: "list", Type: cty.List(elements)}},
		Type:        function.StaticReturnType(result),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() {
				return cty.UnknownVal(result), nil
			}
			all := args[0].AsValueSlice()
			for _, v := range all {
				if v.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "an element is null")
				}
			}
			v, err := f(all)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return v, nil
		},
	})
}

var (
	sumFunc = fold("The sum of a list of numbers.", cty.Number, cty.Number, func(elements []cty.Value) (cty.Value, error) {
		if len(elements) == 0 {
			return cty.NilVal, errors.New("an empty list has no sum")
		}
		sum := cty.Zero
		for _, v := range elements {
			sum = sum.Add(v)
		}
		return sum, nil
	})
	allTrueFunc = fold("Whether all elements of a list are true.", cty.Bool, cty.Bool, func(elements []cty.Value) (cty.Value, error) {
		for _, v := range elements {
			if v.False() {
				return cty.False, nil
			}
		}
		return cty.True, nil
	})
	anyTrueFunc = fold("Whether an element of a list is true.", cty.Bool, cty.Bool, func(elements []cty.Value) (cty.Value, error) {
		for _, v := range elements {
			if v.True() {
				return cty.True, nil
			}
		}
		return cty.False, nil
	})
)

// oneFunc takes a list of at most one element for that element.
var oneFunc = function.New(&function.Spec{
	Description: "The only element of a list, set or tuple; null where there is none.",
	Params:      []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type: func(args []cty.Value) (cty.Type, error) {
		ty := args[0].Type()
		switch {
		case ty.IsListType() || ty.IsSetType():
			return ty.ElementType(), nil
		case ty.IsTupleType() && len(ty.TupleElementTypes()) == 0:
			return cty.DynamicPseudoType, nil
		case ty.IsTupleType() && len(ty.TupleElementTypes()) == 1:
			return ty.TupleElementType(0), nil
		}
		return cty.NilType, function.NewArgErrorf(0, "a list, set or tuple of at most one element is needed")
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		switch n := args[0].LengthInt(); n {
		case 0:
			return cty.NullVal(ty), nil
		case 1:
			return args[0].AsValueSlice()[0], nil
		default:
			return cty.NilVal, function.NewArgErrorf(0, "there are %d elements; at most one is allowed", n)
		}
	},
})
