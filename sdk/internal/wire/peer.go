package wire

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// Peer is the process at the other end of a Unix socket, as the kernel saw it when it connected or listened.
type Peer struct {
	PID int
	UID int
}

// PeerOf asks the kernel who is at the other end of conn, which must be a Unix socket. Where KnowsPeers is false it only fails.
func PeerOf(conn net.Conn) (Peer, error) {
	c, ok := conn.(syscall.Conn)
	if !ok || conn.LocalAddr().Network() != "unix" {
		return Peer{}, errors.New("the connection is no Unix socket")
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return Peer{}, fmt.Errorf("ask who is at the other end: %w", err)
	}
	var peer Peer
	var asked error
	if err := raw.Control(func(fd uintptr) { peer, asked = peerOf(int(fd)) }); err != nil {
		return Peer{}, fmt.Errorf("ask who is at the other end: %w", err)
	}
	if asked != nil {
		return Peer{}, fmt.Errorf("ask who is at the other end: %w", asked)
	}
	return peer, nil
}

// Check refuses a peer that is not the process pid of the user uid.
func (p Peer) Check(pid, uid int) error {
	if p.PID != pid {
		return fmt.Errorf("process %d is at the other end, not process %d", p.PID, pid)
	}
	if p.UID != uid {
		return fmt.Errorf("user %d is at the other end, not user %d", p.UID, uid)
	}
	return nil
}
