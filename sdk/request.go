package sdk

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
)

// RequestOption changes a request before it is sent.
type RequestOption func(*http.Request) error

// Header sets a header, also one that the body set (Content-Type).
func Header(name, value string) RequestOption {
	return func(r *http.Request) error {
		r.Header.Set(name, value)
		return nil
	}
}

// Query adds parameters to the query, made of names and values in turn, in their order and behind those that the URL has. A secret in a
// URL is redacted by its value, like any.
func Query(namesAndValues ...string) RequestOption {
	return func(r *http.Request) error {
		query, err := encodePairs(namesAndValues)
		if r.URL.RawQuery != "" && query != "" {
			query = "&" + query
		}
		r.URL.RawQuery += query
		return err
	}
}

// newRequest makes a request. Its error is a *Failure that does not quote the URL, which may hold a secret.
func newRequest(ctx context.Context, method, address string, body Body, options []RequestOption) (*http.Request, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &Failure{Class: InvalidRequest, Text: "the address to ask is not an http or https URL"}
	}
	req := (&http.Request{Method: method, URL: u, Host: u.Host, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	if body != nil {
		contentType, content, err := body.encode()
		if err != nil {
			return nil, &Failure{Class: Unsupported, Text: "the body of a request cannot be written; this is a bug in the plugin"}
		}
		req.Header.Set("Content-Type", contentType)
		req.ContentLength = int64(len(content))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
		req.Body, _ = req.GetBody()
		if len(content) == 0 {
			req.Body = http.NoBody
		}
	}
	for _, option := range options {
		if err := option(req); err != nil {
			return nil, &Failure{Class: Unsupported, Text: "an option of a request is wrong; this is a bug in the plugin"}
		}
	}
	return req, nil
}
