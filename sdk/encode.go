package sdk

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
)

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
		return time.Duration(v.Int()).String()
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
