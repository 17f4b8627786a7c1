package functions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/authrun/authrun/runtime/internal/eval/mark"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"golang.org/x/text/unicode/norm"
)

// Own is a function of the program that embeds authrun. Arguments and result are what encoding/json makes of any, with numbers as
// json.Number in arguments. Where an argument is sensitive the result is, and the error is not shown.
type Own struct {
	Doc  string
	Call func(args []any) (any, error)
}

// Check tells what is wrong with the functions of a program: their names must be those of functions, and not be taken.
func Check(own map[string]Own) error {
	taken := New(World{})
	for name, f := range own {
		switch _, dup := taken[name]; {
		case !identifier().MatchString(name):
			return fmt.Errorf("%q cannot be the name of a function: it must be lower-case letters, digits and underscores", name)
		case dup:
			return fmt.Errorf("there is a function %s already", name)
		case f.Call == nil:
			return fmt.Errorf("the function %s cannot be called: it has no Call", name)
		}
	}
	return nil
}

// function makes a function of the language.
func (o Own) function() function.Function {
	return function.New(&function.Spec{
		Description: o.Doc,
		VarParam:    &function.Parameter{Name: "argument", Type: cty.DynamicPseudoType, AllowNull: true},
		Type:        function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (v cty.Value, err error) {
			given := make([]any, len(args))
			for i, arg := range args {
				if given[i], err = plainValue(arg); err != nil {
					return cty.NilVal, function.NewArgError(i, err)
				}
			}
			result, err := o.call(given)
			if err != nil {
				return cty.NilVal, err
			}
			return Value(result)
		},
	})
}

// call calls the program, which may panic. What it panics with may hold a secret, and is not shown.
func (o Own) call(args []any) (result any, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the function of the program panicked, which is a fault of the program")
		}
	}()
	return o.Call(args)
}

func plainValue(v cty.Value) (any, error) {
	raw, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return nil, errors.New("it is no value that can be handed to the program")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var plain any
	if err := decoder.Decode(&plain); err != nil {
		return nil, errors.New("it is no value that can be handed to the program")
	}
	return plain, nil
}

// Value makes a value of the language from what a program gives: what encoding/json takes. The error shows its type only.
func Value(given any) (cty.Value, error) {
	raw, err := json.Marshal(given)
	if err != nil {
		return cty.NilVal, errNoValue(given)
	}
	ty, err := ctyjson.ImpliedType(raw)
	if err != nil {
		return cty.NilVal, errNoValue(given)
	}
	v, err := ctyjson.Unmarshal(raw, ty)
	switch {
	case err != nil:
		return cty.NilVal, errNoValue(given)
	case !norm.NFC.IsNormal(raw):
		v = v.Mark(mark.Changed)
	}
	return v, nil
}

func errNoValue(given any) error {
	return fmt.Errorf("what the program gave is no value of a flow: its type is %T", given)
}
