package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/authrun/authrun/sdk/internal/pluginpb"
)

// RequestToProto is a request on the wire, with its body, which was read already. Headers that are the host's to set are left out.
func RequestToProto(r *http.Request, body []byte, secrets []string) *pluginpb.HttpRequest {
	out := &pluginpb.HttpRequest{Method: r.Method, Url: r.URL.String(), Headers: headersToProto(r.Header, hostSets), Body: body}
	if out.Method == "" {
		out.Method = http.MethodGet
	}
	for _, s := range secrets {
		out.Secrets = append(out.Secrets, []byte(s))
	}
	return out
}

// RequestFromProto is a request that a plugin asks for. Its errors hold nothing of the request, in which secrets may stand anywhere.
func RequestFromProto(ctx context.Context, in *pluginpb.HttpRequest) (*http.Request, error) {
	if len(in.GetBody()) > MaxBody {
		return nil, errors.New("the request is larger than 1 MiB")
	}
	target, err := url.Parse(in.GetUrl())
	if err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https" {
		return nil, errors.New("the request has no http(s) URL")
	}
	r, err := http.NewRequestWithContext(ctx, in.GetMethod(), "http://vendor/", bytes.NewReader(in.GetBody()))
	if err != nil {
		return nil, errors.New("the request has no valid method")
	}
	if r.Header, err = headersFromProto(in.GetHeaders(), hostSets); err != nil {
		return nil, err
	}
	r.URL, r.Host = target, target.Host
	return r, nil
}

// ResponseToProto is a vendor's answer on the wire, with its body, which was read already.
func ResponseToProto(r *http.Response, body []byte) *pluginpb.HttpResponse {
	return &pluginpb.HttpResponse{Status: uint32(r.StatusCode), Headers: headersToProto(r.Header, hopByHop), Body: body}
}

// ResponseFromProto is a vendor's answer to r as a plugin's HTTP client wants it.
func ResponseFromProto(r *http.Request, in *pluginpb.HttpResponse) (*http.Response, error) {
	status := int(in.GetStatus())
	if status < 100 || status > 999 {
		return nil, errors.New("the host answered without an HTTP status")
	}
	header, err := headersFromProto(in.GetHeaders(), hopByHop)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: header, Request: r,
		Body: io.NopCloser(bytes.NewReader(in.GetBody())), ContentLength: int64(len(in.GetBody())),
	}, nil
}

// headersToProto is the lines of h but those that skip names, in the order of their names so that a request is the same each time.
func headersToProto(h http.Header, skip func(name string) bool) []*pluginpb.Header {
	var out []*pluginpb.Header
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if skip(http.CanonicalHeaderKey(name)) {
			continue
		}
		for _, value := range h[name] {
			out = append(out, &pluginpb.Header{Name: valid(name), Value: []byte(value)})
		}
	}
	return out
}

// headersFromProto is the lines as a header, without those that skip names.
func headersFromProto(lines []*pluginpb.Header, skip func(name string) bool) (http.Header, error) {
	h, size := make(http.Header, len(lines)), 0
	for _, line := range lines {
		if size += len(line.GetName()) + len(line.GetValue()); size > MaxHeaders {
			return nil, errors.New("the headers are larger than 256 KiB")
		}
		if name := http.CanonicalHeaderKey(line.GetName()); name != "" && !skip(name) {
			h[name] = append(h[name], string(line.GetValue()))
		}
	}
	return h, nil
}

// hostSets tells the headers of a request that are the host's, and no plugin's.
func hostSets(name string) bool {
	return name == "Host" || name == "Content-Length" || hopByHop(name)
}

// hopByHop tells the headers that belong to a connection, and so not to a plugin, which has none.
func hopByHop(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}
