package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"unicode/utf8"
)

// parseJSON reads one JSON value whose numbers keep their digits. Its error quotes nothing.
func parseJSON(raw json.RawMessage) (any, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("is not UTF-8")
	}
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	var v any
	if in.Decode(&v) != nil {
		return nil, errors.New("is not JSON")
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("is more than one JSON value")
	}
	return v, nil
}

// parseObject reads one JSON object, nil from nothing.
func parseObject(raw json.RawMessage) (map[string]any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	v, err := parseJSON(raw)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("is not a JSON object")
	}
	return object, nil
}

// parseType reads a type in cty's JSON form, and refuses what is none.
func parseType(raw json.RawMessage) (any, error) {
	typ, err := parseJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("its type %w", err)
	}
	return typ, checkType(typ)
}

// checkType refuses what is no type: a word for a simple one, or a list of a word and what it is made of.
func checkType(typ any) error {
	wrong := errors.New("its type is none that this authrun knows")
	switch t := typ.(type) {
	case string:
		switch t {
		case "string", "number", "bool", "dynamic":
			return nil
		}
		return wrong
	case []any:
		if len(t) < 2 {
			return wrong
		}
		switch parts := t[1].(type) {
		case map[string]any:
			for _, part := range parts {
				if err := checkType(part); err != nil {
					return err
				}
			}
			if t[0] == "object" {
				return nil
			}
		case []any:
			if t[0] == "tuple" {
				for _, part := range parts {
					if err := checkType(part); err != nil {
						return err
					}
				}
				return nil
			}
		}
		switch t[0] {
		case "list", "set", "map":
			return checkType(t[1])
		}
	}
	return wrong
}

// conforms tells why value, read by parseJSON, is not of the type typ, which checkType has passed. Null is of every type.
func conforms(typ, value any) error {
	if value == nil {
		return nil
	}
	if word, ok := typ.(string); ok {
		return conformsSimply(word, value)
	}
	parts := typ.([]any)
	switch parts[0] {
	case "list", "set":
		return conformsEach(parts[1], value)
	case "map":
		members, ok := value.(map[string]any)
		if !ok {
			return errors.New("is not an object")
		}
		for _, member := range members {
			if err := conforms(parts[1], member); err != nil {
				return err
			}
		}
		return nil
	case "object":
		members, ok := value.(map[string]any)
		if !ok {
			return errors.New("is not an object")
		}
		types := parts[1].(map[string]any)
		for name, member := range members {
			memberType, ok := types[name]
			if !ok {
				return errors.New("has a member that its type does not have")
			}
			if err := conforms(memberType, member); err != nil {
				return err
			}
		}
		return nil
	}
	return conformsTuple(parts[1].([]any), value)
}

func conformsSimply(word string, value any) error {
	switch v := value.(type) {
	case string:
		if word == "string" || word == "dynamic" {
			return nil
		}
		if _, ok := new(big.Float).SetString(v); ok && word == "number" { // integers beyond 2^53 travel as strings
			return nil
		}
	case json.Number:
		if word == "number" || word == "dynamic" {
			return nil
		}
	case bool:
		if word == "bool" || word == "dynamic" {
			return nil
		}
	default:
		if word == "dynamic" {
			return nil
		}
	}
	return fmt.Errorf("is not a %s", word)
}

func conformsEach(typ, value any) error {
	list, ok := value.([]any)
	if !ok {
		return errors.New("is not a list")
	}
	for _, element := range list {
		if err := conforms(typ, element); err != nil {
			return err
		}
	}
	return nil
}

func conformsTuple(types []any, value any) error {
	list, ok := value.([]any)
	if !ok || len(list) != len(types) {
		return fmt.Errorf("is not a list of %d", len(types))
	}
	for i, element := range list {
		if err := conforms(types[i], element); err != nil {
			return err
		}
	}
	return nil
}
