package plugin

import (
	"context"
	"errors"
	"net"
	"os"

	"github.com/authrun/authrun/sdk/internal/wire"
	"google.golang.org/grpc/credentials"
)

// onlyHost is transport credentials that accept the process that started the plugin and no other. Another user cannot enter the folder of
// the socket; this keeps out a stranger who is the same user.
type onlyHost struct{}

// hostInfo is what gRPC knows of a connection that onlyHost accepted.
type hostInfo struct {
	credentials.CommonAuthInfo
}

// AuthType names the kind of credentials, for gRPC.
func (hostInfo) AuthType() string { return "peer" }

// ServerHandshake asks the kernel who connected. It closes the connection of anybody but the parent process, which a plugin whose host
// died does not have any more.
func (onlyHost) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return accept(conn, func(peer wire.Peer) error { return peer.Check(os.Getppid(), os.Geteuid()) })
}

// accept asks the kernel who connected, and closes the connection of anybody whom check refuses.
func accept(conn net.Conn, check func(wire.Peer) error) (net.Conn, credentials.AuthInfo, error) {
	peer, err := wire.PeerOf(conn)
	if err == nil {
		err = check(peer)
	}
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return conn, hostInfo{credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity}}, nil
}

// sameUser is transport credentials that accept any process of the same user: of a plugin that is debugged, which has no host of its own.
type sameUser struct{ onlyHost }

// ServerHandshake asks the kernel who connected.
func (sameUser) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return accept(conn, func(peer wire.Peer) error { return peer.Check(peer.PID, os.Geteuid()) })
}

// Clone is another of the same; there is no state.
func (s sameUser) Clone() credentials.TransportCredentials { return s }

// ClientHandshake is never used: a plugin is no client.
func (onlyHost) ClientHandshake(context.Context, string, net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return nil, nil, errors.New("a plugin is no client")
}

// Info says what gRPC wants to know of the credentials.
func (onlyHost) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "peer"}
}

// Clone is another of the same; there is no state.
func (o onlyHost) Clone() credentials.TransportCredentials { return o }

// OverrideServerName has nothing to override; there are no names.
func (onlyHost) OverrideServerName(string) error { return nil }
