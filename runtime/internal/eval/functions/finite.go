package functions

import (
	"errors"
	"math"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var errTooLarge = errors.New("a number is too large for any program")

// Finite tells whether all known numbers in a value are within the range of a float64. cty keeps numbers such as 1e99999999 in a few bytes,
// but writing them out takes a gigabyte and minutes.
func Finite(v cty.Value) bool {
	if ty := v.Type(); ty == cty.String || ty == cty.Bool {
		return true
	}
	v, _ = v.UnmarkDeep()
	ok := true
	// The walk cannot fail: its function gives no error.
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) {
		if part.Type() == cty.Number && part.IsKnown() && !part.IsNull() {
			f, _ := part.AsBigFloat().Float64()
			ok = ok && !math.IsInf(f, 0)
		}
		return ok, nil
	})
	return ok
}

// finite wraps a function that reads numbers out of text, so that it refuses those that are not [Finite].
func finite(f function.Function) function.Function {
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		VarParam:    f.VarParam(),
		Type:        f.ReturnTypeForValues,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil && !Finite(v) {
				return cty.NilVal, function.NewArgError(0, errTooLarge)
			}
			return v, err
		},
	})
}
