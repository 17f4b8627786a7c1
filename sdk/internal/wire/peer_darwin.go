//go:build !authrun_tls

package wire

import "golang.org/x/sys/unix"

// KnowsPeers tells that the kernel can say who is at the other end of a Unix socket. The two ends then check each other by that, in a
// folder that no other user can enter; elsewhere they use TLS with a key pair of their own.
const KnowsPeers = true

// MaxSocketPath is how long the path of a socket may be: sun_path without the NUL at its end.
const MaxSocketPath = 103

func peerOf(fd int) (Peer, error) {
	pid, err := unix.GetsockoptInt(fd, unix.SOL_LOCAL, unix.LOCAL_PEERPID)
	if err != nil {
		return Peer{}, err
	}
	cred, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return Peer{}, err
	}
	return Peer{PID: pid, UID: int(cred.Uid)}, nil
}
