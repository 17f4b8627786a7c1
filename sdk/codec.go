package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// decode fills the struct v from a JSON object by the shape. An argument that is missing or null gets its default, if it has one; an
// unknown member is ignored. With forgiving a value that does not fit is left out: what an older plugin made must stay readable. Errors quote no value.
func (s *shape) decode(raw json.RawMessage, v reflect.Value, forgiving bool) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return errors.New("not a JSON object")
	}
	for _, f := range s.fields {
		value := members[f.name]
		if none(value) {
			value = f.attr.Default
		}
		if none(value) {
			if f.attr.Required && !forgiving {
				return fmt.Errorf("%s: required and not set", f.name)
			}
			continue
		}
		var err error
		if f.block != nil {
			err = f.block.decodeBlocks(value, v.FieldByIndex(f.index), forgiving)
		} else {
			err = decodeValue(value, v.FieldByIndex(f.index))
		}
		if err != nil && !forgiving {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// none tells whether there is no value.
func none(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// decodeBlocks fills v, a struct, a pointer to one or a slice of them, from an object or a list of objects.
func (s *shape) decodeBlocks(raw json.RawMessage, v reflect.Value, forgiving bool) error {
	list := []json.RawMessage{raw}
	if raw = bytes.TrimSpace(raw); raw[0] == '[' {
		if err := json.Unmarshal(raw, &list); err != nil {
			return errNotJSON
		}
	}
	if v.Kind() != reflect.Slice && len(list) > 1 {
		return errors.New("more than one block")
	}
	for _, one := range list {
		at := v
		switch v.Kind() {
		case reflect.Slice:
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			at = v.Index(v.Len() - 1)
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			at = v.Elem()
		}
		if err := s.decode(one, at, forgiving); err != nil {
			return err
		}
	}
	return nil
}

// decodeValue fills v from JSON. Numbers may stand in strings, as integers beyond 2^53 do.
func decodeValue(raw json.RawMessage, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		if none(raw) {
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return decodeValue(raw, v.Elem())
	}
	if v.Type() == durationType {
		text, err := textOf(raw)
		if err != nil {
			return err
		}
		d, err := ParseDuration(text)
		v.SetInt(int64(d))
		return err
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return decodeMany(raw, v)
	case reflect.String:
		text, err := textOf(raw)
		v.SetString(text)
		return err
	}
	text, err := textOf(raw)
	if err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(text == "true")
		if text != "true" && text != "false" {
			return errors.New("neither true nor false")
		}
	case reflect.Float64:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return errNotNumber
		}
		v.SetFloat(n)
	default:
		n, err := wholeNumber(text)
		if err != nil {
			return err
		}
		if v.OverflowInt(n) {
			return errors.New("a number that is too large")
		}
		v.SetInt(n)
	}
	return nil
}

// decodeMany fills v, a slice or a map, from a JSON list or object.
func decodeMany(raw json.RawMessage, v reflect.Value) error {
	if v.Kind() == reflect.Slice {
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return errors.New("not a list")
		}
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
		for i, one := range list {
			if err := decodeValue(one, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return errors.New("not an object")
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(members)))
	for key, one := range members {
		value := reflect.New(v.Type().Elem()).Elem()
		if err := decodeValue(one, value); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), value)
	}
	return nil
}

// textOf is a string, a number or a bool as text.
func textOf(raw json.RawMessage) (string, error) {
	var t Text
	err := t.UnmarshalJSON(raw)
	return string(t), err
}

// wholeNumber reads a whole number, also one written "87.0" or "1e3". Unlike [Int] it changes no number.
func wholeNumber(text string) (int64, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
		return 0, errors.New("not a whole number of 64 bits")
	}
	return int64(f), nil
}

// encode is the struct v as two JSON objects: what flows may see, and what is private. A shape without private fields gives nil for that.
func (s *shape) encode(v reflect.Value) (open, private json.RawMessage, err error) {
	members, hiddenMembers := map[string]any{}, map[string]any{}
	for _, f := range s.fields {
		to := members
		if f.attr.Private {
			to = hiddenMembers
		}
		to[f.name] = plain(v.FieldByIndex(f.index))
	}
	if open, err = marshal(members); err != nil || len(hiddenMembers) == 0 {
		return open, nil, err
	}
	private, err = marshal(hiddenMembers)
	return open, private, err
}

// plain is v as a value that package json writes the way the wire wants it: durations as text, integers beyond 2^53 as text.
func plain(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return nil
	case v.Kind() == reflect.Pointer:
		return plain(v.Elem())
	case v.Type() == durationType:
		return v.Interface().(interface{ String() string }).String()
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int, reflect.Int64:
		if n := v.Int(); n > 1<<53 || n < -1<<53 {
			return strconv.FormatInt(n, 10)
		}
		return v.Int()
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Map:
		if v.IsNil() {
			return nil
		}
		members := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			members[key.String()] = plain(v.MapIndex(key))
		}
		return members
	}
	return v.Interface()
}

// marshal is json.Marshal without the escapes that are meant for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// secrets are the values of the struct v that must not be printed.
func (s *shape) secrets(v reflect.Value) (found []string) {
	for _, f := range s.fields {
		at := v.FieldByIndex(f.index)
		switch {
		case f.block != nil:
			for _, one := range elements(at) {
				found = append(found, f.block.secrets(one)...)
			}
		case f.attr.Sensitive || f.attr.Private || f.name == tokenName:
			found = append(found, texts(at)...)
		}
	}
	return found
}

// elements are the structs of a block's field.
func elements(v reflect.Value) (found []reflect.Value) {
	switch {
	case v.Kind() == reflect.Struct:
		return []reflect.Value{v}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return []reflect.Value{v.Elem()}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			found = append(found, v.Index(i))
		}
	}
	return found
}

// texts are the strings and numbers in v.
func texts(v reflect.Value) (found []string) {
	switch v.Kind() {
	case reflect.String:
		return []string{v.String()}
	case reflect.Int, reflect.Int64:
		return []string{strconv.FormatInt(v.Int(), 10)}
	case reflect.Pointer:
		if !v.IsNil() {
			return texts(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			found = append(found, texts(v.Index(i))...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			found = append(found, texts(v.MapIndex(key))...)
		}
	}
	return found
}
