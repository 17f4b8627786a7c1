package eval

import (
	"encoding/json"
	"slices"

	"github.com/authrun/authrun/sdk"
	"github.com/zclconf/go-cty/cty"
)

// token is how tokens behave and are used: as the plugin says it, and as the arguments say that the plugin names for it. What is not known
// yet is as if it were not set: a vendor of whom nobody knows more is treated with care.
func (f filled) token(t sdk.Token) sdk.Token {
	from := t.From
	if from == (sdk.TokenFrom{}) {
		return t
	}
	if v, ok := f.argument(from.Second, cty.String); ok {
		if t.Second = sdk.Second(v.AsString()); t.Second == "unknown" {
			t.Second = sdk.UnknownSecond
		}
	}
	for name, to := range map[string]*int64{from.FreshWithin: (*int64)(&t.FreshWithin), from.Overlap: (*int64)(&t.Overlap)} {
		if v, ok := f.argument(name, cty.String); ok {
			if d, err := sdk.ParseDuration(v.AsString()); err == nil { // else its own error has been told
				*to = int64(d)
			}
		}
	}
	if v, ok := f.argument(from.Sliding, cty.Bool); ok {
		t.Sliding = v.True()
	}
	t.Use, t.Dead = replaced(f, from.Use, t.Use), replaced(f, from.Dead, t.Dead)
	return t
}

// argument is the known value of an argument of that type; ok is false where there is none.
func (f filled) argument(name string, ty cty.Type) (v cty.Value, ok bool) {
	i := slices.IndexFunc(f.settings, func(st setting) bool { return st.arg.Name == name && st.arg.ty == ty })
	if i < 0 || !f.settings[i].known() || f.settings[i].value.IsNull() {
		return v, false
	}
	return f.settings[i].value, true
}

// replaced is what nested blocks of that name say, each as one T, or else what the plugin says.
func replaced[T any](f filled, name string, declared []T) []T {
	i := slices.IndexFunc(f.nested, func(n filledNested) bool { return n.name == name })
	if i < 0 || len(f.nested[i].blocks) == 0 {
		return declared
	}
	var all []T
	for _, block := range f.nested[i].blocks {
		var one T
		if block.known && json.Unmarshal(block.json(), &one) == nil {
			all = append(all, one)
		}
	}
	return all
}
