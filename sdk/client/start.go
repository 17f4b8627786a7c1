package client

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	gorunner "github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
)

// killTime is how long a killed process is waited for. The kernel needs a millisecond, except where a device is broken.
const killTime = time.Second

// Start starts the plugin in b and returns when it is connected and what it is is known, which costs some milliseconds. The caller must call Close, and may
// close b.File. What the plugin does wrong is an *[Error]; where ctx ends first, its error is returned. In either case nothing is left.
func Start(ctx context.Context, b Binary, o Options) (*Process, error) {
	o = o.withDefaults()
	p := &Process{binary: b, options: o, tail: newTail(o.Redact, o.Log), grace: graceTime}
	release, err := p.prepare()
	if err != nil {
		return nil, p.fault("cannot be started: "+err.Error(), err)
	}
	defer release()

	limited, cancel := context.WithTimeout(ctx, o.StartTimeout)
	defer cancel()
	connected := make(chan error, 1)
	go func() { connected <- p.connect(limited) }()
	select {
	case err = <-connected:
	case <-limited.Done():
		// go-plugin knows no context: what it waits for ends with the process.
		p.kill()
		err = limited.Err()
		select {
		case <-connected:
		case <-time.After(killTime):
		}
	}
	if err == nil {
		return p, nil
	}
	err = p.startFault(ctx, limited, err)
	p.kill()
	_ = p.Close()
	return nil, err
}

// prepare makes everything that a start needs but the process. Release ends the use of the executable's descriptor.
func (p *Process) prepare() (release func(), err error) {
	verified, err := p.binary.check()
	if err != nil {
		return nil, err
	}
	if p.sandbox, err = newSandbox(p.options); err != nil {
		return nil, err
	}
	if p.dir, err = makeFolder(p.options.RunDir); err != nil {
		return nil, err
	}
	done := func() {}
	defer func() {
		if err != nil {
			p.sandbox.close()
			done()
			os.RemoveAll(p.dir)
		}
	}()
	var pair *wire.KeyPair
	if !wire.KnowsPeers {
		if pair, err = newKeyPair(p.options.Now()); err != nil {
			return nil, err
		}
	}
	spec, end, err := p.command()
	if err != nil {
		return nil, err
	}
	done = end
	p.runner = &runner{
		dir: p.dir, name: p.binary.Path, spec: spec,
		afterUp: func(c *child) error {
			go p.tail.read(c.stderr)
			if err := p.sandbox.confirm(p.binary); err != nil {
				return err
			}
			p.guard(c)
			if pair != nil {
				if _, err := pair.WriteTo(c.stdin); err != nil {
					return fmt.Errorf("hand over the key pair: %w", err)
				}
			}
			return p.binary.unchanged(verified)
		},
	}
	p.dialer = &dialer{runner: p.runner}
	p.client, err = p.newClient(pair)
	return func() { p.sandbox.close(); done() }, err
}

// newClient makes go-plugin's client of this one start.
func (p *Process) newClient(pair *wire.KeyPair) (*goplugin.Client, error) {
	config := &goplugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		VersionedPlugins: wire.Protocols(stub{}),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		RunnerFunc: func(hclog.Logger, *exec.Cmd, string) (gorunner.Runner, error) {
			return p.runner, nil
		},
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: p.dir},
		SkipHostEnv:      true,
		StartTimeout:     p.options.StartTimeout + killTime, // Start's own watch comes first
		Logger:           hclog.New(&hclog.LoggerOptions{Level: hclog.Off}),
		SyncStdout:       &writer{tail: p.tail},
		SyncStderr:       &writer{tail: p.tail},
		GRPCDialOptions: []grpc.DialOption{
			grpc.WithContextDialer(p.dialer.dial),
			grpc.WithNoProxy(),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(wire.MaxMessage), grpc.MaxCallSendMsgSize(wire.MaxMessage)),
		},
	}
	if pair != nil {
		tls, err := pair.Config()
		if err != nil {
			return nil, err
		}
		config.TLSConfig = tls
	}
	return goplugin.NewClient(config), nil
}

// connect starts the process, connects to it and asks it what it is.
func (p *Process) connect(ctx context.Context) error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense(wire.Service)
	if err != nil {
		return err
	}
	p.rpc = raw.(pluginpb.VendorClient)
	if known := p.options.Known; known != nil {
		p.description = *known
		return nil
	}
	return p.ask(ctx)
}

// ask asks the plugin what it is.
func (p *Process) ask(ctx context.Context) error {
	out, err := p.rpc.Describe(ctx, &pluginpb.DescribeRequest{HostVersion: p.options.HostVersion})
	if err != nil {
		return err
	}
	d, err := wire.DescriptionFromProto(out)
	if err == nil {
		err = checkDescription(d, p.binary.Vendor)
	}
	if err != nil {
		return &descriptionError{err}
	}
	p.description = d
	return nil
}

// descriptionError is that a plugin's description makes no sense.
type descriptionError struct{ err error }

func (e *descriptionError) Error() string { return e.err.Error() }

// stub makes gRPC's client of the service, for go-plugin.
type stub struct {
	goplugin.NetRPCUnsupportedPlugin
}

// GRPCServer is the plugin's business and done in package plugin.
func (stub) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error { return errNoServer }

// GRPCClient makes the client of the service.
func (stub) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return pluginpb.NewVendorClient(conn), nil
}

var _ sdk.Plugin = (*Process)(nil)
