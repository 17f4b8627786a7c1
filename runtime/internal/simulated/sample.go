package simulated

import (
	"encoding/json"
	"fmt"

	"github.com/authrun/authrun/sdk"
)

// sample makes a value for each attribute of a credential, of its type: what refers to it can be evaluated.
func sample(schema sdk.Block) (map[string]any, error) {
	value := make(map[string]any, len(schema.Attributes)+1)
	for _, a := range schema.Attributes {
		if a.Private {
			continue
		}
		v, err := ofType(a.Type)
		if err != nil {
			return nil, fmt.Errorf("attribute %q: %w", a.Name, err)
		}
		value[a.Name] = v
	}
	return value, nil
}

// ofType makes a value of a type in cty's JSON form.
func ofType(ty json.RawMessage) (any, error) {
	var plain string
	if json.Unmarshal(ty, &plain) == nil {
		switch plain {
		case "number":
			return 1, nil
		case "bool":
			return true, nil
		}
		return "simulated", nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(ty, &parts); err != nil || len(parts) < 2 || json.Unmarshal(parts[0], &plain) != nil {
		return nil, fmt.Errorf("type %s is none", ty)
	}
	switch plain {
	case "list", "set":
		return []any{}, nil
	case "map":
		return map[string]any{}, nil
	case "tuple":
		return ofTuple(parts[1])
	}
	return ofObject(parts[1])
}

func ofTuple(types json.RawMessage) (any, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(types, &all); err != nil {
		return nil, err
	}
	values := make([]any, len(all))
	for i, ty := range all {
		var err error
		if values[i], err = ofType(ty); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func ofObject(types json.RawMessage) (any, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(types, &all); err != nil {
		return nil, err
	}
	values := make(map[string]any, len(all))
	for name, ty := range all {
		var err error
		if values[name], err = ofType(ty); err != nil {
			return nil, err
		}
	}
	return values, nil
}
