package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
)

var errNotObject = errors.New("a list where an object was expected")

// Lax is an object in an answer of a vendor that may send the same object inside a string, or something else where it has none: [], "",
// null, a bool, a number, or words. Set tells whether there was an object.
type Lax[T any] struct {
	V   T
	Set bool
}

// UnmarshalJSON accepts an object, an object inside a string, and whatever stands for none. A list that is not empty is refused, unless T
// takes one. Its error holds no part of the JSON.
func (l *Lax[T]) UnmarshalJSON(raw []byte) error {
	*l = Lax[T]{}
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '"' {
		var inner string
		if err := json.Unmarshal(raw, &inner); err != nil {
			return errNotText
		}
		if raw = bytes.TrimSpace([]byte(inner)); len(raw) == 0 || raw[0] != '{' && raw[0] != '[' {
			return nil
		}
		var err error
		if raw, err = tidyJSON(raw); err != nil {
			return err
		}
	}
	if len(raw) == 0 || raw[0] != '{' && raw[0] != '[' || emptyList(raw) {
		return nil
	}
	if err := json.Unmarshal(raw, &l.V); err != nil {
		if raw[0] == '[' {
			return errNotObject
		}
		return err
	}
	l.Set = true
	return nil
}
