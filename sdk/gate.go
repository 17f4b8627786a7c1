package sdk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
)

// mostBody is the largest answer that is taken, in bytes.
const mostBody = 1 << 20

// gate is the one way out of an operation. It counts exchanges against what the operation declares, ends them with the operation, reads
// each answer whole, and makes every error a *Failure or the context's error.
type gate struct {
	run       context.Context
	transport http.RoundTripper
	budget    int
	operation Operation
	words     *redactor

	used   atomic.Int64
	closed atomic.Bool // the operation is over
}

// RoundTrip makes one exchange, for a plain client.
func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, body, err := g.exchange(req)
	if err != nil {
		return nil, err
	}
	whole := *resp
	whole.Body, whole.ContentLength, whole.TransferEncoding, whole.Request = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil, req
	return &whole, nil
}

// exchange makes one exchange. The answer's body is the bytes; that of the response is closed.
func (g *gate) exchange(req *http.Request) (*http.Response, []byte, error) {
	ctx, cancel := both(req.Context(), g.run)
	defer cancel()
	if err := g.refusal(ctx); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, nil, err
	}
	resp, err := g.transport.RoundTrip(req.WithContext(ctx))
	if err == nil && resp == nil {
		err = errors.New("the transport gave neither answer nor error")
	}
	if err != nil {
		return nil, nil, g.noAnswer(ctx, err)
	}
	body, err := readBody(resp.Body)
	if err != nil {
		return nil, nil, g.noAnswer(ctx, err)
	}
	return resp, body, nil
}

// refusal says why no exchange may be made now, and counts it otherwise.
func (g *gate) refusal(ctx context.Context) error {
	switch {
	case ended(ctx) != nil:
		return ended(ctx)
	case g.closed.Load():
		return &Failure{Class: Unsupported, Text: fmt.Sprintf("an exchange was asked for after %s had ended; this is a bug in the plugin", g.operation)}
	case g.used.Add(1) > int64(g.budget):
		return &Failure{Class: Unsupported, Text: fmt.Sprintf(
			"%s asked for more exchanges than the %d that the plugin declares; this is a bug in the plugin", g.operation, g.budget)}
	case g.transport == nil:
		return &Failure{Class: Unavailable, Text: "the host makes no exchanges"}
	}
	return nil
}

// noAnswer classes an error of the transport.
func (g *gate) noAnswer(ctx context.Context, err error) error {
	if done := ended(ctx); done != nil {
		return done
	}
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	var withURL *url.Error
	if errors.As(err, &withURL) {
		err = withURL.Err // the URL may hold a secret
	}
	return &Failure{Class: Unavailable, Text: "no answer from the vendor: " + Clean(g.words.redact(err.Error())), Sent: true}
}

// readBody reads a body to its end and closes it.
func readBody(from io.ReadCloser) ([]byte, error) {
	if from == nil {
		return nil, nil
	}
	defer func() { _ = from.Close() }()
	body, err := io.ReadAll(io.LimitReader(from, mostBody+1))
	var f *Failure
	switch {
	case errors.As(err, &f):
		return nil, f
	case err != nil:
		return nil, &Failure{Class: Unavailable, Text: "the vendor's answer was cut short", Sent: true}
	case len(body) > mostBody:
		return nil, &Failure{Class: MalformedAnswer, Text: "the vendor's answer is larger than 1 MiB", Sent: true}
	}
	return body, nil
}
