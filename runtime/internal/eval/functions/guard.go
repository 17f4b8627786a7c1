package functions

import (
	"errors"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// errHidden stands in place of an error that may quote a sensitive argument.
var errHidden = errors.New("the call failed (details hidden: the argument is sensitive)")

// guard wraps a function so that its errors never show a sensitive argument. The wrapper takes everything and leaves all checks and the
// treatment of marks to the function itself.
func guard(f function.Function) function.Function {
	params := f.Params()
	for i := range params {
		params[i] = open(params[i])
	}
	rest := f.VarParam()
	if rest != nil {
		*rest = open(*rest)
	}
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      params,
		VarParam:    rest,
		Type: func(args []cty.Value) (cty.Type, error) {
			ty, err := f.ReturnTypeForValues(args)
			return ty, hide(err, args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			return v, hide(err, args)
		},
	})
}

func open(p function.Parameter) function.Parameter {
	p.AllowNull, p.AllowUnknown, p.AllowDynamicType, p.AllowMarked = true, true, true, true
	return p
}

// hide replaces an error where any argument is sensitive. It keeps which argument is at fault.
func hide(err error, args []cty.Value) error {
	if err == nil {
		return nil
	}
	for _, arg := range args {
		if !mark.IsSensitive(arg) {
			continue
		}
		var of function.ArgError
		if errors.As(err, &of) {
			return function.NewArgError(of.Index, errHidden)
		}
		return errHidden
	}
	return err
}
