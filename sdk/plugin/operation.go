package plugin

import (
	"context"
	"errors"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Run does one operation: it reads Start, lets the vendor work with the conversation as its transport and clock, and sends how it ended.
func (s *service) Run(stream pluginpb.Vendor_RunServer) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	start := first.GetStart()
	if start == nil {
		return status.Error(codes.InvalidArgument, "the first message of the host is not Start")
	}
	op, known := wire.OperationFromProto(start.GetOperation())
	if !known {
		failure := &sdk.Failure{Class: sdk.Unsupported, Text: "this version of the plugin does not know the operation"}
		return stream.Send(&pluginpb.RunResponse{Kind: &pluginpb.RunResponse_Failure{Failure: wire.FailureToProto(failure)}})
	}

	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	c := newConversation(ctx, stream, first.GetNow().AsTime())
	defer c.close()
	go c.receive(cancel)
	result, err := s.plugin.Run(ctx, sdk.Run{
		Operation: op, Config: start.GetConfig(), Held: wire.HeldFromProto(start.GetHeld()),
		Transport: c, Now: c.time, Learn: c.learn, Log: s.log,
	})
	return c.end(op, result, err)
}

// end sends the last message of the operation. An error that is no failure of the vendor is the plugin's own and ends the stream.
func (c *conversation) end(op sdk.Operation, result sdk.Result, err error) error {
	last := &pluginpb.RunResponse{}
	var failure *sdk.Failure
	switch {
	case errors.As(err, &failure):
		told := *failure
		told.Text = c.hide(failure.Text)
		last.Kind = &pluginpb.RunResponse_Failure{Failure: wire.FailureToProto(&told)}
	case err != nil:
		return fault(c.ctx, errors.New(c.hide(err.Error())))
	case op == sdk.OpRevoke:
		result.Text = c.hide(result.Text)
		last.Kind = &pluginpb.RunResponse_Ended{Ended: wire.EndedToProto(result)}
	default:
		last.Kind = &pluginpb.RunResponse_Credential{Credential: wire.CredentialToProto(result)}
	}
	return c.send(last)
}
