package client

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/authrun/authrun/sdk"
	"github.com/authrun/authrun/sdk/internal/pluginpb"
	"github.com/authrun/authrun/sdk/internal/wire"
)

// maxUnderway is how many exchanges of one operation may be under way at once. Vendors need one or two.
const maxUnderway = 100

// exchange makes one exchange by the transport of the operation, and gives the message that answers it.
func (o *operation) exchange(ctx context.Context, in *pluginpb.HttpRequest) *pluginpb.RunRequest {
	if o.run.Learn != nil {
		for _, secret := range in.GetSecrets() {
			o.run.Learn(string(secret))
		}
	}
	request, err := wire.RequestFromProto(ctx, in)
	if err != nil {
		return noAnswer(&sdk.Failure{Class: sdk.InvalidRequest, Text: err.Error()})
	}
	if o.run.Transport == nil {
		return noAnswer(&sdk.Failure{Class: sdk.Unsupported, Text: "this operation may make no exchange"})
	}
	response, err := o.run.Transport.RoundTrip(request)
	if err != nil {
		return noAnswer(o.failure(err, "no answer"))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, wire.MaxBody+1))
	if err != nil {
		failure := o.failure(err, "the answer was cut short")
		failure.Sent = true
		return noAnswer(failure)
	}
	if len(body) > wire.MaxBody || headerSize(response.Header) > wire.MaxHeaders {
		return noAnswer(&sdk.Failure{Class: sdk.MalformedAnswer, Text: "the answer is larger than 1 MiB", Sent: true})
	}
	return &pluginpb.RunRequest{Kind: &pluginpb.RunRequest_Http{Http: wire.ResponseToProto(response, body)}}
}

// failure is the failure in err, or Unavailable where err is another error of the transport: then it may have been sent.
func (o *operation) failure(err error, what string) *sdk.Failure {
	var failure *sdk.Failure
	if errors.As(err, &failure) {
		told := *failure
		return &told
	}
	return &sdk.Failure{Class: sdk.Unavailable, Text: what + ": " + o.clean(err.Error()), Sent: true}
}

// noAnswer tells the plugin that an exchange brought no answer.
func noAnswer(f *sdk.Failure) *pluginpb.RunRequest {
	return &pluginpb.RunRequest{Kind: &pluginpb.RunRequest_NoAnswer{NoAnswer: &pluginpb.NoAnswer{Failure: wire.FailureToProto(f), Sent: f.Sent}}}
}

// headerSize is the bytes of all names and values.
func headerSize(h http.Header) (n int) {
	for name, values := range h {
		for _, value := range values {
			n += len(name) + len(value)
		}
	}
	return n
}
