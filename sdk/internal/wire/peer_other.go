//go:build (!linux && !darwin) || authrun_tls

// The tag authrun_tls lets the tests take this way on a system that need not: go test -tags authrun_tls ./sdk/...

package wire

import "errors"

// KnowsPeers tells that the kernel cannot say who is at the other end of a connection. The two ends use TLS with a key pair of their own.
const KnowsPeers = false

// MaxSocketPath is how long the path of a socket may be: the smallest sun_path of the systems that have one, without the NUL at its end.
const MaxSocketPath = 103

func peerOf(int) (Peer, error) {
	return Peer{}, errors.New("this system does not tell")
}
