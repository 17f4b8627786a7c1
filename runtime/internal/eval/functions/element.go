package functions

import (
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// indexFunc finds a value, as Terraform's function does; go-cty's function of that name takes an element out.
var indexFunc = function.New(&function.Spec{
	Description: "The position of a value in a list, from 0 on. It is an error if it is not there.",
	Params:      []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
	Type: func(args []cty.Value) (cty.Type, error) {
		if ty := args[0].Type(); !ty.IsListType() && !ty.IsTupleType() && ty != cty.DynamicPseudoType {
			return cty.NilType, function.NewArgErrorf(0, "a list is needed")
		}
		return cty.Number, nil
	},
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() {
			return cty.UnknownVal(cty.Number), nil
		}
		n := int64(0)
		for it := args[0].ElementIterator(); it.Next(); n++ {
			_, v := it.Element()
			same, err := stdlib.Equal(v, args[1])
			if err != nil {
				return cty.NilVal, err
			}
			if same.True() {
				return cty.NumberIntVal(n), nil
			}
		}
		return cty.NilVal, function.NewArgErrorf(1, "the list does not hold this value")
	},
})

// coalesceFunc passes over empty strings, as Terraform's function does.
var coalesceFunc = function.New(&function.Spec{
	Description: "The first argument that is neither null nor an empty string.",
	VarParam:    &function.Parameter{Name: "values", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true},
	Type: func(args []cty.Value) (cty.Type, error) {
		types := make([]cty.Type, len(args))
		for i, v := range args {
			types[i] = v.Type()
		}
		if len(types) == 0 {
			return cty.NilType, errors.New("at least one argument is needed")
		}
		ty, _ := convert.UnifyUnsafe(types)
		if ty == cty.NilType {
			return cty.NilType, errors.New("all arguments must be of one type")
		}
		return ty, nil
	},
	RefineResult: notNull,
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		for i, v := range args {
			if !v.IsKnown() {
				return cty.UnknownVal(ty), nil
			}
			if v.IsNull() || v.Type() == cty.String && v.AsString() == "" {
				continue
			}
			converted, err := convert.Convert(v, ty)
			if err != nil {
				return cty.NilVal, function.NewArgError(i, err)
			}
			return converted, nil
		}
		return cty.NilVal, errors.New("all arguments are null or empty")
	},
})

// distinctFunc is go-cty's function, but for strings it does not compare each with each: a for_each may go over ten thousand.
var distinctFunc = function.New(&function.Spec{
	Description: "The elements of a list in their order, each once.",
	Params:      []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type: func(args []cty.Value) (cty.Type, error) {
		list, err := asList(args[0])
		return list.Type(), err
	},
	RefineResult: notNull,
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		list, err := asList(args[0])
		if err != nil {
			return cty.NilVal, err
		}
		if ty.ElementType() != cty.String || !list.IsWhollyKnown() {
			return stdlib.Distinct(list)
		}
		seen := make(map[string]bool)
		var kept []cty.Value
		for it := list.ElementIterator(); it.Next(); {
			_, v := it.Element()
			key := "null"
			if !v.IsNull() {
				key = "=" + v.AsString()
			}
			if !seen[key] {
				seen[key] = true
				kept = append(kept, v)
			}
		}
		if len(kept) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(kept), nil
	},
})

// asList makes a list of a tuple or set; where all parts are of one type, without comparing their types with each other.
func asList(v cty.Value) (cty.Value, error) {
	ty := v.Type()
	switch {
	case ty == cty.DynamicPseudoType:
		return cty.UnknownVal(cty.List(cty.DynamicPseudoType)), nil
	case !ty.IsListType() && !ty.IsSetType() && !ty.IsTupleType():
		return cty.NilVal, function.NewArgErrorf(0, "a list is needed")
	}
	want := cty.List(cty.DynamicPseudoType)
	if part, ok := partType(ty); ok {
		want = cty.List(part)
	}
	list, err := convert.Convert(v, want)
	if err != nil {
		return cty.NilVal, function.NewArgError(0, err)
	}
	return list, nil
}

// matchKeysFunc keeps the values whose keys are searched for.
var matchKeysFunc = function.New(&function.Spec{
	Description: "Of a list of values those whose keys, at the same places of a second list, are among those searched for.",
	Params: []function.Parameter{{Name: "values", Type: cty.List(cty.String)}, {Name: "keys", Type: cty.List(cty.String)},
		{Name: "search", Type: cty.Set(cty.String)}},
	Type:         function.StaticReturnType(cty.List(cty.String)),
	RefineResult: notNull,
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() || !args[2].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		values, keys := args[0].AsValueSlice(), args[1].AsValueSlice()
		if len(values) != len(keys) {
			return cty.NilVal, fmt.Errorf("there are %d values and %d keys; each value needs its key", len(values), len(keys))
		}
		var kept []cty.Value
		for i, key := range keys {
			if args[2].HasElement(key).True() {
				kept = append(kept, values[i])
			}
		}
		if len(kept) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(kept), nil
	},
})

// transposeFunc exchanges the keys of a map of lists with the elements of these.
var transposeFunc = function.New(&function.Spec{
	Description:  "A map of lists of strings turned round: each string with the list of the keys that it stood under.",
	Params:       []function.Parameter{{Name: "map", Type: cty.Map(cty.List(cty.String))}},
	Type:         function.StaticReturnType(cty.Map(cty.List(cty.String))),
	RefineResult: notNull,
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		turned := make(map[string][]cty.Value)
		for it := args[0].ElementIterator(); it.Next(); {
			key, list := it.Element()
			if list.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "a list in it is null")
			}
			for inner := list.ElementIterator(); inner.Next(); {
				_, v := inner.Element()
				if v.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "a string in it is null")
				}
				turned[v.AsString()] = append(turned[v.AsString()], key)
			}
		}
		if len(turned) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		result := make(map[string]cty.Value, len(turned))
		for key, list := range turned {
			result[key] = cty.ListVal(list)
		}
		return cty.MapVal(result), nil
	},
})
