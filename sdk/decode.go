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
