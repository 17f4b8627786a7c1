package functions

import (
	"errors"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var timeCmp = function.New(&function.Spec{
	Description:  "-1, 0 or 1: whether a time (RFC 3339) is before, at or after another.",
	Params:       []function.Parameter{{Name: "time", Type: cty.String}, {Name: "other", Type: cty.String}},
	Type:         function.StaticReturnType(cty.Number),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var times [2]time.Time
		for i, arg := range args {
			t, err := time.Parse(time.RFC3339, arg.AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(i, errors.New("not a time such as 2026-03-01T12:00:00Z"))
			}
			times[i] = t
		}
		return cty.NumberIntVal(int64(times[0].Compare(times[1]))), nil
	},
})
