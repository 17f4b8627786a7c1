package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/authrun/authrun/sdk/client/launch"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
)

// AttachVariable is the environment variable in which a developer names plugins to attach to.
const AttachVariable = wire.AttachVariable

// attachedCallTimeout is how long one call of an attached plugin may take: a person may be stepping through it.
const attachedCallTimeout = time.Hour

// Attachment is where a plugin that a developer started listens.
type Attachment = wire.Attachment

// ParseAttachments reads the value of [AttachVariable], by vendor. The error says how it should read.
func ParseAttachments(text string) (map[string]Attachment, error) { return wire.ParseAttachments(text) }

// attached is a plugin that somebody else started, and so will end: the connection to it and its end.
type attached struct {
	conn   *grpc.ClientConn
	ended  chan struct{} // closed when the plugin or the connection to it is gone
	cancel context.CancelFunc
}

// Attach connects to a plugin that a developer started, in place of starting one. It must be a process of the same user, the very one that
// the attachment names. Nothing holds it; Close leaves it running. Errors are those of [Start].
func Attach(ctx context.Context, vendor string, at Attachment, o Options) (*Process, error) {
	o = o.withDefaults()
	o.Known, o.CallTimeout = nil, attachedCallTimeout
	p := &Process{binary: Binary{Vendor: vendor, Path: fmt.Sprintf("process %d", at.PID)}, options: o, tail: newTail(o.Redact, nil),
		sandbox: &sandbox{held: launch.Nothing("the plugin was started by hand")}}
	close(p.tail.ended) // what it writes goes to its developer
	if o.RequireSandbox {
		return nil, p.fault("cannot be attached to: "+incomplete(p.sandbox.held.Gaps()).Error(), nil)
	}
	if problem := wire.VersionProblem(at.Protocol); problem != "" {
		return nil, p.fault(problem, nil)
	}
	var refused atomic.Pointer[error]
	conn, err := grpc.NewClient("passthrough:///plugin",
		grpc.WithTransportCredentials(insecure.NewCredentials()), // the kernel says who is at the other end
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			conn, err := dialAttached(ctx, at)
			if err != nil {
				refused.Store(&err)
			}
			return conn, err
		}),
		grpc.WithNoProxy(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(wire.MaxMessage), grpc.MaxCallSendMsgSize(wire.MaxMessage)))
	if err != nil {
		return nil, p.fault("cannot be attached to: "+err.Error(), err)
	}
	p.rpc = pluginpb.NewVendorClient(conn)
	watched, cancel := context.WithCancel(context.Background())
	p.attached = &attached{conn: conn, ended: make(chan struct{}), cancel: cancel}
	limited, stop := context.WithTimeout(ctx, o.StartTimeout)
	defer stop()
	if err := p.ask(limited); err != nil {
		_ = p.Close()
		close(p.attached.ended)
		var description *descriptionError
		switch reason := refused.Load(); {
		case ctx.Err() != nil:
			return nil, fmt.Errorf("attach to plugin %s: %w", vendor, ctx.Err())
		case reason != nil:
			return nil, p.fault("cannot be attached to: "+(*reason).Error(), *reason)
		case errors.As(err, &description):
			return nil, p.fault("describes itself wrongly: "+o.clean(description.Error()), err)
		}
		return nil, p.fault("cannot be attached to: "+o.clean(err.Error()), err)
	}
	go p.attached.watch(watched)
	return p, nil
}

// dialAttached connects, and asks the kernel whether it is the process that the attachment names, of this user, that listens.
func dialAttached(ctx context.Context, at Attachment) (net.Conn, error) {
	if !wire.KnowsPeers {
		return nil, errors.New("this system cannot tell who listens")
	}
	if !filepath.IsAbs(at.Socket) {
		return nil, fmt.Errorf("the path %s of its socket is not absolute", at.Socket)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", at.Socket)
	if err != nil {
		return nil, err
	}
	peer, err := wire.PeerOf(conn)
	if err == nil {
		err = peer.Check(at.PID, os.Geteuid())
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// watch closes ended when the connection is lost. A plugin that its developer starts again has another number, and is not found again.
func (a *attached) watch(ctx context.Context) {
	defer close(a.ended)
	for state := a.conn.GetState(); state != connectivity.TransientFailure && state != connectivity.Shutdown; state = a.conn.GetState() {
		if state == connectivity.Idle {
			a.conn.Connect()
		}
		if !a.conn.WaitForStateChange(ctx, state) {
			return
		}
	}
}

// close ends the connection, and leaves the plugin running.
func (a *attached) close() error {
	a.cancel()
	return a.conn.Close()
}
