package client

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Run does one operation: it sends what to do, makes the exchanges that the plugin asks for by run.Transport, each in a goroutine of its
// own, and checks how it ended. A vendor's refusal is a *[sdk.Failure], a fault of the plugin an *[Error], the end of ctx its own error.
// When ctx ends, so do the exchanges; Run returns when the last of them has. How many exchanges there may be is the transport's to say.
// The plugin's log lines go to Options.Log; run.Log is not used.
func (p *Process) Run(ctx context.Context, run sdk.Run) (sdk.Result, error) {
	what := "operation " + string(run.Operation)
	start := &pluginpb.Start{
		Operation: wire.OperationToProto(run.Operation), Config: run.Config, Held: wire.HeldToProto(run.Held),
		Features: []string{wire.FeatureHTTP},
	}
	p.patrol.begin()
	inner, cancel := context.WithCancel(ctx)
	stream, err := p.rpc.Run(inner)
	if err != nil {
		cancel()
		return sdk.Result{}, p.callFault(ctx, what, err)
	}
	o := &operation{ctx: inner, run: run, now: p.options.Now, clean: p.options.clean, stream: stream, underway: map[uint64]context.CancelFunc{}}
	if run.Now != nil {
		o.now = run.Now
	}
	defer o.exchanges.Wait()
	defer cancel()
	// An error in sending is told by Recv, with its reason.
	o.send(&pluginpb.RunRequest{Kind: &pluginpb.RunRequest_Start{Start: start}})
	for {
		in, err := stream.Recv()
		if err != nil {
			return sdk.Result{}, p.streamFault(ctx, what, err)
		}
		result, err := outcome(in, run, p.description.Credential)
		var failure *sdk.Failure
		switch {
		case err == nil:
			result.Text = p.options.Redact(result.Text)
			return result, nil
		case errors.As(err, &failure):
			return sdk.Result{}, failure
		case !errors.Is(err, errNotLast):
			return sdk.Result{}, p.fault(err.Error(), nil)
		}
		if err := o.receive(in); err != nil {
			return sdk.Result{}, p.fault(err.Error()+" in "+what, nil)
		}
	}
}

// operation is one operation's stream as the host sees it, and the exchanges under way in it.
type operation struct {
	ctx       context.Context
	run       sdk.Run
	now       func() time.Time
	clean     func(string) string
	stream    pluginpb.Vendor_RunClient
	exchanges sync.WaitGroup

	sending sync.Mutex // guards Send of the stream: one at a time, as gRPC demands

	mu       sync.Mutex // guards underway
	underway map[uint64]context.CancelFunc
}

// send sends a message with the host's time. An error is not its business: the stream has ended then, and Recv says why.
func (o *operation) send(out *pluginpb.RunRequest) {
	o.sending.Lock()
	defer o.sending.Unlock()
	out.Now = timestamppb.New(o.now())
	_ = o.stream.Send(out)
}

// receive acts on a message that is not the last. An error is a breach of the protocol.
func (o *operation) receive(in *pluginpb.RunResponse) error {
	switch kind := in.GetKind().(type) {
	case *pluginpb.RunResponse_Http:
		return o.begin(in.GetId(), kind.Http)
	case *pluginpb.RunResponse_Cancel:
		o.mu.Lock()
		defer o.mu.Unlock()
		if cancel := o.underway[in.GetId()]; cancel != nil {
			cancel()
		}
	case *pluginpb.RunResponse_Unsupported:
		// The host sends nothing that a plugin may answer so, but an answer to that would never end.
	default:
		o.send(&pluginpb.RunRequest{Id: in.GetId(), Kind: &pluginpb.RunRequest_Unsupported{Unsupported: &pluginpb.Unsupported{}}})
	}
	return nil
}

// begin starts an exchange.
func (o *operation) begin(id uint64, request *pluginpb.HttpRequest) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if id == 0 || o.underway[id] != nil {
		return errors.New("asked for two exchanges by one number")
	}
	if len(o.underway) >= maxUnderway {
		return errors.New("asked for too many exchanges at once")
	}
	ctx, cancel := context.WithCancel(o.ctx)
	o.underway[id] = cancel
	o.exchanges.Go(func() {
		out := o.exchange(ctx, request)
		o.mu.Lock()
		delete(o.underway, id)
		o.mu.Unlock()
		if ctx.Err() == nil { // else nobody waits for it
			out.Id = id
			o.send(out)
		}
		cancel()
	})
	return nil
}
