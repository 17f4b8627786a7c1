package sdk

import (
	"errors"
	"fmt"
	"reflect"
	"time"
)

var (
	durationType = reflect.TypeFor[time.Duration]()
	secretType   = reflect.TypeFor[Secret]()
)

// typed sets the attribute's type, and what follows from a Go type alone.
func (a *Attribute) typed(typ reflect.Type) error {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	name, err := typeName(typ)
	if err != nil {
		return err
	}
	a.Type = []byte(name)
	if typ == durationType {
		a.Format = "duration"
	}
	for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
		typ = typ.Elem()
	}
	a.Sensitive = typ == secretType
	a.Whole = name == `"number"` && typ.Kind() != reflect.Float64
	return nil
}

// typeName is cty's JSON form of a Go type.
func typeName(typ reflect.Type) (string, error) {
	if typ == durationType {
		return `"string"`, nil
	}
	switch typ.Kind() {
	case reflect.String:
		return `"string"`, nil
	case reflect.Bool:
		return `"bool"`, nil
	case reflect.Int, reflect.Int64, reflect.Float64:
		return `"number"`, nil
	case reflect.Slice:
		inner, err := typeName(typ.Elem())
		return `["list",` + inner + `]`, err
	case reflect.Map:
		if typ.Key().Kind() == reflect.String {
			inner, err := typeName(typ.Elem())
			return `["map",` + inner + `]`, err
		}
	case reflect.Struct:
		return "", errors.New("a struct needs the tag word block")
	}
	return "", fmt.Errorf("the type %s is none that an attribute can have", typ)
}
