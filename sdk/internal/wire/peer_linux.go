//go:build !authrun_tls

package wire

import "golang.org/x/sys/unix"

// KnowsPeers tells that the kernel can say who is at the other end of a Unix socket. The two ends then check each other by that, in a
// folder that no other user can enter; elsewhere they use TLS with a key pair of their own.
const KnowsPeers = true

// MaxSocketPath is how long the path of a socket may be: sun_path without the NUL at its end.
const MaxSocketPath = 107

func peerOf(fd int) (Peer, error) {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return Peer{}, err
	}
	return Peer{PID: int(cred.Pid), UID: int(cred.Uid)}, nil
}
