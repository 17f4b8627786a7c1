package seal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// The canonical form of a JSON value: a letter for its kind, then what it holds, every text and every list with its length before it, so
// that no two values have the same form. Keys of an object are sorted, and those that are null left out. A number is its digits without
// zeros at the ends and an exponent of ten; so 1, 1.0 and 10e-1 are one number, however many digits it has.
//
//	z null   t true   f false   s text   n number   a list   o object   r what is not JSON, as it is

// appendArguments appends the form of an object.
func appendArguments(form []byte, args map[string]json.RawMessage) []byte {
	object := make(map[string]any, len(args))
	for name, text := range args {
		object[name] = parse(text)
	}
	return appendValue(form, object)
}

// raw is text that is not JSON. Nobody should hash such; if somebody does, different texts still have different hashes.
type raw string

func parse(text json.RawMessage) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return raw(text)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return raw(text)
	}
	return value
}

func appendValue(form []byte, value any) []byte {
	switch v := value.(type) {
	case bool:
		if v {
			return append(form, 't')
		}
		return append(form, 'f')
	case string:
		return appendText(append(form, 's'), v)
	case json.Number:
		return appendText(append(form, 'n'), number(v.String()))
	case raw:
		return appendText(append(form, 'r'), string(v))
	case []any:
		form = binary.AppendUvarint(append(form, 'a'), uint64(len(v)))
		for _, element := range v {
			form = appendValue(form, element)
		}
		return form
	case map[string]any:
		maps.DeleteFunc(v, func(_ string, member any) bool { return member == nil })
		form = binary.AppendUvarint(append(form, 'o'), uint64(len(v)))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			form = appendValue(appendText(form, name), v[name])
		}
		return form
	}
	return append(form, 'z')
}

func appendText(form []byte, text string) []byte {
	form = binary.AppendUvarint(form, uint64(len(text)))
	return append(form, text...)
}

// number is the one writing of a JSON number: [-]digits e exponent, "0" for nothing.
func number(text string) string {
	text, negative := strings.CutPrefix(text, "-")
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent, ok := new(big.Int).SetString(strings.TrimPrefix(power, "+"), 10)
	if !ok {
		exponent = new(big.Int) // There is none.
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	exponent.Sub(exponent, big.NewInt(int64(len(fraction))))
	short := strings.TrimRight(digits, "0")
	exponent.Add(exponent, big.NewInt(int64(len(digits)-len(short))))
	switch {
	case short == "":
		return "0"
	case negative:
		return "-" + short + "e" + exponent.String()
	}
	return short + "e" + exponent.String()
}
