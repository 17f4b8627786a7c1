package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// patience is how long a server may be silent where the options say nothing.
const patience = 30 * time.Second

// errSilent says that a server is too slow to wait for.
var errSilent = errors.New("the server was silent for too long")

// transport makes the requests of a source. plain allows http:// to this machine, as other clients of registries do; everywhere else nothing is
// asked without TLS, wherever a redirect leads.
func (o Options) transport(plain bool) http.RoundTripper {
	next := o.Transport
	if next == nil {
		next = &http.Transport{
			Proxy: o.proxy(), DialContext: (&net.Dialer{Timeout: 15 * time.Second}).DialContext, TLSHandshakeTimeout: 15 * time.Second,
			IdleConnTimeout: 5 * time.Second, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 256 << 10,
		}
	}
	g := &guard{next: next, plain: plain, patience: o.Patience}
	if g.patience <= 0 {
		g.patience = patience
	}
	return g
}

// proxy follows the variables as other programs do: the small ones win.
func (o Options) proxy() func(*http.Request) (*url.URL, error) {
	first := func(names ...string) string {
		for _, name := range names {
			if value := o.env(name); value != "" {
				return value
			}
		}
		return ""
	}
	choose := (&httpproxy.Config{HTTPProxy: first("http_proxy", "HTTP_PROXY"), HTTPSProxy: first("https_proxy", "HTTPS_PROXY"),
		NoProxy: first("no_proxy", "NO_PROXY")}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return choose(r.URL) }
}

func (o Options) env(name string) string {
	if o.Env == nil {
		return ""
	}
	value, set := o.Env(name)
	if !set {
		return ""
	}
	return value
}

// guard makes requests over TLS only, and gives up on servers that fall silent.
type guard struct {
	next     http.RoundTripper
	plain    bool
	patience time.Duration
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !(g.plain && isLoopback(r.URL.Host)) {
		return nil, fmt.Errorf("it leads to %s://%s, and plugins are not fetched without TLS", r.URL.Scheme, r.URL.Host)
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	watch := time.AfterFunc(g.patience, func() { cancel(errSilent) })
	resp, err := g.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		watch.Stop()
		err = silence(ctx, err)
		cancel(nil)
		return nil, err
	}
	resp.Body = &heard{ReadCloser: resp.Body, ctx: ctx, cancel: cancel, watch: watch, patience: g.patience}
	return resp, nil
}

// silence gives the reason why a request was given up, where it was.
func silence(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

// heard is a body that is given up when nothing more comes.
type heard struct {
	io.ReadCloser
	ctx      context.Context
	cancel   context.CancelCauseFunc
	watch    *time.Timer
	patience time.Duration
}

// Read reads, and waits anew from then on.
func (h *heard) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	if err != nil { // a server that notices that it was given up may end its answer as if that were all
		return n, silence(h.ctx, err)
	}
	h.watch.Reset(h.patience)
	return n, nil
}

// Close ends the request.
func (h *heard) Close() error {
	h.watch.Stop()
	err := h.ReadCloser.Close()
	h.cancel(nil)
	return err
}

// unwrapURL takes the URL off an error: what a redirect leads to may have a signature in it.
func unwrapURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// tooMany is the error for a server that wants to be asked less often.
func tooMany(h http.Header) error {
	err := errors.New("the server answers no more requests for now")
	if after := h.Get("Retry-After"); after != "" && len(after) < 40 {
		err = fmt.Errorf("%w (Retry-After: %q)", err, after)
	}
	return err
}
