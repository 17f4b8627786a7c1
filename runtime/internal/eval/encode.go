package eval

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"github.com/zclconf/go-cty/cty"
)

// maxWhole is the largest whole number that JSON carries as a number everywhere.
const maxWhole = 1 << 53

// encode writes a known value without marks as JSON in one canonical form: members sorted by name, no space, numbers in decimal digits
// without an exponent, whole numbers beyond 2^53 as strings.
func encode(v cty.Value) json.RawMessage { return appendJSON(nil, v) }

func appendJSON(out []byte, v cty.Value) []byte {
	ty := v.Type()
	switch {
	case v.IsNull():
		return append(out, "null"...)
	case ty == cty.String:
		return appendString(out, v.AsString())
	case ty == cty.Bool:
		return strconv.AppendBool(out, v.True())
	case ty == cty.Number:
		return appendNumber(out, v.AsBigFloat())
	case ty.IsListType() || ty.IsSetType() || ty.IsTupleType():
		out = append(out, '[')
		for it, first := v.ElementIterator(), true; it.Next(); first = false {
			if !first {
				out = append(out, ',')
			}
			_, element := it.Element()
			out = appendJSON(out, element)
		}
		return append(out, ']')
	case ty.IsMapType() || ty.IsObjectType():
		out = append(out, '{')
		for it, first := v.ElementIterator(), true; it.Next(); first = false { // in the order of the keys
			if !first {
				out = append(out, ',')
			}
			key, element := it.Element()
			out = append(appendString(out, key.AsString()), ':')
			out = appendJSON(out, element)
		}
		return append(out, '}')
	default:
		panic(fmt.Sprintf("eval: a value of type %s has no JSON form", ty.FriendlyName()))
	}
}

func appendString(out []byte, text string) []byte {
	raw, err := json.Marshal(text)
	if err != nil {
		panic("eval: a string has no JSON form")
	}
	return append(out, raw...)
}

func appendNumber(out []byte, n *big.Float) []byte {
	if whole, accuracy := n.Int64(); accuracy == big.Exact && -maxWhole <= whole && whole <= maxWhole {
		return strconv.AppendInt(out, whole, 10)
	}
	text := n.Text('f', -1)
	if n.IsInt() {
		return strconv.AppendQuote(out, text)
	}
	return append(out, text...)
}

// object writes members as a JSON object, sorted by name.
func object(members map[string]json.RawMessage) json.RawMessage {
	out := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendString(out, name), ':')
		out = append(out, members[name]...)
	}
	return append(out, '}')
}

// array writes elements as a JSON array.
func array(elements []json.RawMessage) json.RawMessage {
	out := []byte{'['}
	for i, element := range elements {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, element...)
	}
	return append(out, ']')
}
