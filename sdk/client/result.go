package client

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
)

// errNotLast is that a message is not the last of an operation.
var errNotLast = errors.New("not the last message")

// outcome is how an operation ended by the message in: a result, or a *[sdk.Failure]. Any other error says what is wrong with the message;
// errNotLast is that it is none that ends an operation.
func outcome(in *pluginpb.RunResponse, run sdk.Run, schema sdk.Block) (sdk.Result, error) {
	switch kind := in.GetKind().(type) {
	case *pluginpb.RunResponse_Failure:
		return sdk.Result{}, wire.FailureFromProto(kind.Failure)
	case *pluginpb.RunResponse_Ended:
		if run.Operation != sdk.OpRevoke {
			return sdk.Result{}, fmt.Errorf("answered %s as if it were a revoke", run.Operation)
		}
		return wire.EndedFromProto(kind.Ended), nil
	case *pluginpb.RunResponse_Credential:
		if run.Operation == sdk.OpRevoke {
			return sdk.Result{}, errors.New("answered revoke with a credential")
		}
		result, err := wire.CredentialFromProto(kind.Credential)
		if err == nil {
			err = checkCredential(result, run.Held != nil, schema)
		}
		if err != nil {
			return sdk.Result{}, fmt.Errorf("answered %s with a wrong credential: %w", run.Operation, err)
		}
		return result, nil
	}
	return sdk.Result{}, errNotLast
}

// checkCredential refuses a credential that does not fit the schema. Its errors hold names of the schema and no value.
func checkCredential(r sdk.Result, held bool, schema sdk.Block) error {
	value, err := parseObject(r.Value)
	if err != nil {
		return fmt.Errorf("its value %w", err)
	}
	private, err := parseObject(r.Private)
	if err != nil {
		return fmt.Errorf("its private value %w", err)
	}
	if err := checkMembers(private, schema, true); err != nil {
		return err
	}
	if value == nil {
		if !held {
			return errors.New("it has no value, and none is held")
		}
		return nil
	}
	if token, ok := value["token"].(string); !ok || token == "" {
		return errors.New("its token is not a string, or empty")
	}
	delete(value, "token")
	return checkMembers(value, schema, false)
}

// checkMembers refuses members that the schema does not have, that are of another type, or that are private where they must not be.
func checkMembers(members map[string]any, schema sdk.Block, private bool) error {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		a, ok := schema.Attribute(name)
		switch {
		case !ok:
			return errors.New("it has an attribute that its schema does not have")
		case a.Private && !private:
			return fmt.Errorf("the private attribute %q is among those that flows see", name)
		case !a.Private && private:
			return fmt.Errorf("the attribute %q, which flows see, is among the private ones", name)
		}
		typ, err := parseType(a.Type)
		if err == nil {
			err = conforms(typ, members[name])
		}
		if err != nil {
			return fmt.Errorf("the attribute %q %w", name, err)
		}
	}
	return nil
}
