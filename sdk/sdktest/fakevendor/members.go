package fakevendor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Members reads a body strictly, as a JSON object whose names are all different and that nothing follows. Errors hold no value of the body.
func Members(body []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("the body is not a JSON object")
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errors.New("the body is not JSON")
		}
		key := name.(string) // inside an object the decoder gives names and nothing else here
		if _, twice := members[key]; twice {
			return nil, fmt.Errorf("the field %s is there twice", key)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, errors.New("the body is not JSON")
		}
		members[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errors.New("the body is not JSON")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	return members, nil
}
