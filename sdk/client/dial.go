package client

import (
	"context"
	"errors"
	"net"
	"os"
	"runtime"
	"sync/atomic"

	"github.com/authrun/authrun/sdk/internal/wire"
)

// unixSockets tells whether plugins listen on Unix sockets here; go-plugin uses TCP on Windows.
const unixSockets = runtime.GOOS != "windows"

// dialer connects to a started plugin, and only to it. It must not call go-plugin's client, which holds its lock while this runs.
type dialer struct {
	runner *runner
	failed atomic.Pointer[error] // the first reason why there was no connection
}

// dial connects and asks the kernel whether it is the plugin's own process that listens.
func (d *dialer) dial(ctx context.Context, _ string) (net.Conn, error) {
	conn, err := d.connect(ctx)
	if err != nil {
		d.failed.CompareAndSwap(nil, &err)
	}
	return conn, err
}

func (d *dialer) connect(ctx context.Context) (net.Conn, error) {
	c := d.runner.started()
	if c == nil || c.gone() {
		return nil, errors.New("its process has ended")
	}
	network, address := d.runner.listens()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil || !wire.KnowsPeers {
		return conn, err
	}
	peer, err := wire.PeerOf(conn)
	if err == nil {
		err = peer.Check(c.pid(), os.Geteuid())
	}
	if err == nil && c.gone() { // only now is it certain that the number was the plugin's all the while
		err = errors.New("its process has ended")
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// reason is why the first connection that failed did, nil where none did. Later ones fail since that made the host end the process.
func (d *dialer) reason() error {
	if err := d.failed.Load(); err != nil {
		return *err
	}
	return nil
}
