package plugin

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
)

// RoundTrip asks the host for an exchange and waits for its answer, as an [http.RoundTripper] does. Where there is no answer of the
// vendor, the error is the host's *[sdk.Failure]; when the request's context ends, the host is told to stop.
func (c *conversation) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := readBody(r.Body)
	if err != nil {
		return nil, err
	}
	id, answer, err := c.ask(r, body)
	if err != nil {
		return nil, c.broken(err)
	}
	defer c.forget(id)
	select {
	case in := <-answer:
		return response(r, in)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-c.ctx.Done():
		return nil, c.ctx.Err()
	}
}

// broken is why a message to the host could not be sent: mostly that the operation is over.
func (c *conversation) broken(err error) error {
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	return fmt.Errorf("ask the host for an exchange: %w", err)
}

// readBody reads the body of a request whole, and closes it as an http.RoundTripper must.
func readBody(body io.ReadCloser) ([]byte, error) {
	if body == nil || body == http.NoBody {
		return nil, nil
	}
	defer body.Close()
	b, err := io.ReadAll(io.LimitReader(body, wire.MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read the request's body: %w", err)
	}
	if len(b) > wire.MaxBody {
		return nil, &sdk.Failure{Class: sdk.InvalidRequest, Text: "the request is larger than 1 MiB"}
	}
	return b, nil
}

// response is the host's answer to r.
func response(r *http.Request, in *pluginpb.RunRequest) (*http.Response, error) {
	switch kind := in.GetKind().(type) {
	case *pluginpb.RunRequest_Http:
		return wire.ResponseFromProto(r, kind.Http)
	case *pluginpb.RunRequest_NoAnswer:
		failure := wire.FailureFromProto(kind.NoAnswer.GetFailure())
		failure.Sent = kind.NoAnswer.GetSent()
		return nil, failure
	case *pluginpb.RunRequest_Unsupported:
		return nil, &sdk.Failure{Class: sdk.Unsupported, Text: "the host cannot make HTTP exchanges; upgrade authrun"}
	}
	return nil, errors.New("the host has cancelled the exchange")
}
