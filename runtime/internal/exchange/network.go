package exchange

import (
	"net"
	"net/http"
)

// Network is a block's `network`: how its exchanges reach the vendor. The zero value reaches it directly or through the environment's
// proxy, and trusts the authorities that the machine trusts.
type Network struct {
	// CAFile is a PEM file of authorities to be trusted beside those of the machine. Paths are absolute.
	CAFile string
	// CertFile and KeyFile are PEM files of the certificate, and its key, that this host shows when it is asked for one.
	CertFile, KeyFile string
	// PinSHA256 is the SHA-256 of the vendor's certificate (DER) in hexadecimal, with or without colons. Exactly this one is accepted,
	// whoever signed it and whatever its names and dates; with CAFile it must be valid as well.
	PinSHA256 string
	// Proxy is an http, https, socks5 or socks5h URL, used for every address; "none": no proxy; empty: what HTTPS_PROXY, HTTP_PROXY and NO_PROXY
	// say, in capitals or not.
	Proxy string
}

// NewTransport makes the transport of a block, which blocks may share. It opens a connection for each exchange, and follows no redirect. It
// has no deadlines of its own: a connection ends with the exchange that it was made for. Env looks up environment variables; nil: none is
// set. Files are read now. An error names the argument of `network` that is wrong, and never repeats a URL.
func NewTransport(n Network, env func(name string) (value string, set bool)) (http.RoundTripper, error) {
	security, err := n.security()
	if err != nil {
		return nil, err
	}
	proxy, err := n.proxy(env)
	if err != nil {
		return nil, err
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: proxyAnswered,
		DialContext:            dial((&net.Dialer{KeepAlive: -1}).DialContext).ending,
		TLSClientConfig:        security,
		// Go's transport sends a request again when a connection that it kept turns out to be broken: one call more than was counted.
		DisableKeepAlives:      true,
		Protocols:              protocols,
		MaxResponseHeaderBytes: 256 << 10,
	}, nil
}
