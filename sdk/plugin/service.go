package plugin

import (
	"context"
	"errors"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// service is the gRPC service of a plugin, and what go-plugin registers it by.
type service struct {
	goplugin.NetRPCUnsupportedPlugin
	pluginpb.UnimplementedVendorServer
	plugin sdk.Plugin
	log    hclog.Logger
}

// GRPCServer registers the service, for go-plugin.
func (s *service) GRPCServer(_ *goplugin.GRPCBroker, server *grpc.Server) error {
	pluginpb.RegisterVendorServer(server, s)
	return nil
}

// GRPCClient is the host's business and done in package client.
func (s *service) GRPCClient(context.Context, *goplugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("a plugin is no client")
}

// Describe answers what the plugin is.
func (s *service) Describe(ctx context.Context, _ *pluginpb.DescribeRequest) (*pluginpb.DescribeResponse, error) {
	d, err := s.plugin.Describe(ctx)
	if err != nil {
		return nil, fault(ctx, err)
	}
	return wire.DescriptionToProto(d), nil
}

// Check answers what is wrong with a configuration.
func (s *service) Check(ctx context.Context, in *pluginpb.CheckRequest) (*pluginpb.CheckResponse, error) {
	problems, err := s.plugin.Check(ctx, in.GetConfig())
	if err != nil {
		return nil, fault(ctx, err)
	}
	return wire.ProblemsToProto(problems), nil
}

// fault is an error that is the plugin's own and no answer of a vendor, as the host gets it.
func fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return status.FromContextError(ctx.Err()).Err()
	}
	return status.Error(codes.Unknown, err.Error())
}
