package exchange

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/authrun/authrun/sdk"
)

// maxBody is the most that a request or an answer may hold, in bytes.
const maxBody = 1 << 20

// request brings what the plugin asked for into the form in which it leaves. What the transport would refuse later is refused here, so
// that it is never counted.
type request struct {
	userAgent string
	next      http.RoundTripper
}

// RoundTrip sends a request of its own making: the plugin's method, URL, headers and body, and nothing else of it.
func (r *request) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := checkForm(req); err != nil {
		return nil, err
	}
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	u := *req.URL
	u.Scheme = strings.ToLower(u.Scheme)
	u.Fragment, u.RawFragment = "", ""
	out := (&http.Request{Method: req.Method, URL: &u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: r.header(req.Header),
		Body: http.NoBody, ContentLength: int64(len(body))}).WithContext(req.Context())
	if out.Method == "" {
		out.Method = http.MethodGet
	}
	if len(body) > 0 {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	return r.next.RoundTrip(out)
}

// checkForm refuses what cannot be written as a request. It repeats nothing that may hold a secret.
func checkForm(req *http.Request) error {
	switch {
	case req.Method != "" && !httpguts.ValidHeaderFieldName(req.Method), req.Method == http.MethodConnect, req.Method == http.MethodTrace:
		return refused("the plugin asked for an exchange with a method that is not allowed")
	case strings.ContainsFunc(req.URL.RequestURI(), func(c rune) bool { return c < ' ' || c == 0x7f }):
		return refused("the plugin asked for an exchange with a control character in the URL")
	}
	for name, values := range req.Header {
		if !httpguts.ValidHeaderFieldName(name) {
			return refused("the plugin asked for an exchange with a header whose name is not valid")
		}
		for _, v := range values {
			if !httpguts.ValidHeaderFieldValue(v) {
				return refused(fmt.Sprintf("the plugin asked for an exchange with a header %s whose value is not valid", name))
			}
		}
	}
	return nil
}

func readBody(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, maxBody+1))
	if err != nil {
		return nil, &sdk.Failure{Class: sdk.Unavailable, Text: "the request's body could not be read; nothing was sent"}
	}
	if len(body) > maxBody {
		return nil, refused("the plugin asked for an exchange with a body over 1 MiB")
	}
	return body, nil
}

// hostHeaders are set by the host, or are about one connection and no business of a plugin. Accept-Encoding is among them because an
// answer is decompressed, and measured, by the host.
var hostHeaders = []string{"Accept-Encoding", "Connection", "Content-Length", "Expect", "Host", "Http2-Settings", "Keep-Alive", "Proxy-Authenticate",
	"Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// header is what leaves of the plugin's headers.
func (r *request) header(asked http.Header) http.Header {
	h := make(http.Header, len(asked)+1)
	for name, values := range asked {
		name = textproto.CanonicalMIMEHeaderKey(name)
		h[name] = append(h[name], values...)
	}
	for _, line := range h["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range hostHeaders {
		h.Del(name)
	}
	if _, set := h["User-Agent"]; !set && r.userAgent != "" {
		h.Set("User-Agent", r.userAgent)
	}
	return h
}
