package wire

import (
	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// OperationToProto is op on the wire; an operation that the protocol does not have is OPERATION_UNSPECIFIED.
func OperationToProto(op sdk.Operation) pluginpb.Operation {
	switch op {
	case sdk.OpAcquire:
		return pluginpb.Operation_OPERATION_ACQUIRE
	case sdk.OpRenew:
		return pluginpb.Operation_OPERATION_RENEW
	case sdk.OpRevoke:
		return pluginpb.Operation_OPERATION_REVOKE
	}
	return pluginpb.Operation_OPERATION_UNSPECIFIED
}

// OperationFromProto is op, and whether this SDK knows it. A later one is not an error: a plugin answers it with a failure of class
// unsupported, and a host does not use it.
func OperationFromProto(op pluginpb.Operation) (sdk.Operation, bool) {
	switch op {
	case pluginpb.Operation_OPERATION_ACQUIRE:
		return sdk.OpAcquire, true
	case pluginpb.Operation_OPERATION_RENEW:
		return sdk.OpRenew, true
	case pluginpb.Operation_OPERATION_REVOKE:
		return sdk.OpRevoke, true
	}
	return "", false
}

// operationsToProto is ops on the wire.
func operationsToProto(ops []sdk.Operation) []pluginpb.Operation {
	var out []pluginpb.Operation
	for _, op := range ops {
		out = append(out, OperationToProto(op))
	}
	return out
}

// operationsFromProto is those of ops that this SDK knows.
func operationsFromProto(ops []pluginpb.Operation) []sdk.Operation {
	var out []sdk.Operation
	for _, op := range ops {
		if known, ok := OperationFromProto(op); ok {
			out = append(out, known)
		}
	}
	return out
}
