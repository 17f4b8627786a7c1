package plugin

import (
	"context"

	"github.com/authrun/authrun/sdk/internal/wire"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// bufferSize is that of the connection's read and write buffers in bytes, a quarter of gRPC's own: messages are small and stay on one
// machine, and the process shall be small too.
const bufferSize = 8 << 10

// newServer makes the gRPC server of a plugin, with the options that go-plugin brings.
func newServer(opts []grpc.ServerOption) *grpc.Server {
	if wire.KnowsPeers {
		return serverFor(onlyHost{}, opts...)
	}
	return serverFor(nil, opts...)
}

// serverFor makes a gRPC server for those whom creds accept; nil: opts say whom.
func serverFor(creds credentials.TransportCredentials, opts ...grpc.ServerOption) *grpc.Server {
	opts = append(opts,
		grpc.MaxRecvMsgSize(wire.MaxMessage), grpc.MaxSendMsgSize(wire.MaxMessage),
		grpc.ReadBufferSize(bufferSize), grpc.WriteBufferSize(bufferSize),
		grpc.UnaryInterceptor(recoverUnary), grpc.StreamInterceptor(recoverStream),
	)
	if creds != nil {
		opts = append(opts, grpc.Creds(creds))
	}
	return grpc.NewServer(opts...)
}

// recoverUnary turns a panic of the vendor in Describe or Check into an error, so that the process and the operations of other auth blocks
// live on.
func recoverUnary(ctx context.Context, in any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (out any, err error) {
	defer func() {
		if v := recover(); v != nil {
			out, err = nil, panicked(v)
		}
	}()
	return handle(ctx, in)
}

// recoverStream does the same for Run. What panics in a goroutine of the vendor's own cannot be caught and ends the process.
func recoverStream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	return handle(srv, stream)
}
