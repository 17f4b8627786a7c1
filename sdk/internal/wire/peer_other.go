//go:build !linux && !darwin

package wire

import "errors"

// KnowsPeers tells that the kernel cannot say who is at the other end of a connection. The two ends use TLS with a key pair of their own.
const KnowsPeers = false

// MaxSocketPath is how long the path of a socket may be: the smallest sun_path of the systems that have one, without the NUL at its end.
const MaxSocketPath = 103

func peerOf(int) (Peer, error) {
	return Peer{}, errors.New("this system does not tell")
}
