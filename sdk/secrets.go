package sdk

import (
	"reflect"
	"strconv"
)

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
