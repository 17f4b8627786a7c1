package plugin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
)

// errEnded is why an exchange that the vendor asks for after its operation ended is not made.
var errEnded = errors.New("the operation has ended")

// conversation is one operation's stream as the plugin sees it: the transport of the vendor's HTTP client (see RoundTrip), the clock, and
// the ear for derived secrets. All of it may be used from many goroutines.
type conversation struct {
	ctx    context.Context // of the operation
	stream pluginpb.Vendor_RunServer
	now    atomic.Pointer[time.Time] // the last that the host told

	mu      sync.Mutex // guards Send of the stream, and all below
	lastID  uint64
	pending map[uint64]chan<- *pluginpb.RunRequest // by the id of the exchange; each has room for its answer
	secrets []string                               // derived by the vendor
	told    int                                    // so many of them the host knows
	ended   bool                                   // the stream must not be used any more
}

func newConversation(ctx context.Context, stream pluginpb.Vendor_RunServer, now time.Time) *conversation {
	c := &conversation{ctx: ctx, stream: stream, pending: map[uint64]chan<- *pluginpb.RunRequest{}}
	c.now.Store(&now)
	return c
}

// time is the host's clock, as it stood when the host sent its last message.
func (c *conversation) time() time.Time { return *c.now.Load() }

// learn takes a secret that the vendor derived. The host hears of it with the next request, which is the first that can carry it.
func (c *conversation) learn(secret string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secrets = append(c.secrets, secret)
}

// hide takes the derived secrets out of a text for the host, which does not know those that no request carried.
func (c *conversation) hide(text string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	const tooShort = 6 // shorter ones occur by chance
	for _, secret := range c.secrets {
		if len(secret) >= tooShort {
			text = strings.ReplaceAll(text, secret, "(sensitive)")
		}
	}
	return text
}

// receive hands out what the host sends until the stream ends, and cancels the operation when the host does. It outlives the operation by
// the instant that gRPC takes to end the stream.
func (c *conversation) receive(cancel context.CancelFunc) {
	defer cancel()
	for {
		in, err := c.stream.Recv()
		if err != nil {
			return
		}
		if in.GetNow() != nil {
			now := in.GetNow().AsTime()
			c.now.Store(&now)
		}
		switch in.GetKind().(type) {
		case *pluginpb.RunRequest_Http, *pluginpb.RunRequest_NoAnswer, *pluginpb.RunRequest_Unsupported:
			c.deliver(in)
		case *pluginpb.RunRequest_Cancel:
			if in.GetId() == 0 {
				return
			}
			c.deliver(in)
		default:
			_ = c.send(&pluginpb.RunResponse{Id: in.GetId(), Kind: &pluginpb.RunResponse_Unsupported{Unsupported: &pluginpb.Unsupported{}}})
		}
	}
}

// deliver gives an answer to whoever waits for it. An answer that nobody waits for any more was cancelled.
func (c *conversation) deliver(in *pluginpb.RunRequest) {
	c.mu.Lock()
	answer := c.pending[in.GetId()]
	delete(c.pending, in.GetId())
	c.mu.Unlock()
	if answer != nil {
		answer <- in
	}
}

// ask sends a request and says where its answer will come. The id must be given to forget when nobody waits any more.
func (c *conversation) ask(r *http.Request, body []byte) (id uint64, answer <-chan *pluginpb.RunRequest, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return 0, nil, errEnded
	}
	c.lastID++
	ch := make(chan *pluginpb.RunRequest, 1)
	c.pending[c.lastID] = ch
	request := wire.RequestToProto(r, body, c.secrets[c.told:])
	c.told = len(c.secrets)
	err = c.stream.Send(&pluginpb.RunResponse{Id: c.lastID, Kind: &pluginpb.RunResponse_Http{Http: request}})
	return c.lastID, ch, err
}

// forget says that nobody waits for the answer of that id. Where there was none yet, the host hears that it is no longer wanted.
func (c *conversation) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, waiting := c.pending[id]; !waiting {
		return
	}
	delete(c.pending, id)
	if !c.ended {
		_ = c.stream.Send(&pluginpb.RunResponse{Id: id, Kind: &pluginpb.RunResponse_Cancel{Cancel: &pluginpb.Cancel{}}})
	}
}

// send sends a message, one at a time as gRPC demands.
func (c *conversation) send(out *pluginpb.RunResponse) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return errEnded
	}
	return c.stream.Send(out)
}

// close ends the use of the stream. A goroutine that the vendor left behind must not send on it once gRPC has taken it back.
func (c *conversation) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
}
