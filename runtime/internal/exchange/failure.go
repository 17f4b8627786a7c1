package exchange

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"syscall"
	"time"

	"github.com/authrun/authrun/sdk"
)

// failureOf is the failure in the tree of err; every error of a chain has one.
func failureOf(err error) *sdk.Failure {
	var f *sdk.Failure
	if errors.As(err, &f) {
		return f
	}
	return &sdk.Failure{Class: sdk.Unavailable, Text: "the exchange failed", Sent: true}
}

// sentOf tells whether the exchange that ended with err may have left this host.
func sentOf(err error) bool {
	var l *lost
	return !errors.As(err, &l) || l.sent
}

// canceled is the error of an exchange that its caller gave up.
func canceled(cause error, sent bool) error {
	text := "the exchange was canceled before anything was sent"
	if sent {
		text = "the exchange was canceled while it waited for the answer"
	}
	return &withCause{failure: &sdk.Failure{Class: sdk.Unavailable, Text: text, Sent: sent}, cause: cause}
}

// unanswered says why an exchange has no answer that could be handed on.
func unanswered(to *url.URL, timeout time.Duration, err error) error {
	l := &lost{err: err, sent: true}
	errors.As(err, &l)
	var given *sdk.Failure
	if errors.As(err, &given) {
		f := *given
		f.Sent = f.Sent || l.sent
		return &f
	}
	class, text := sdk.Unavailable, ""
	host := hostPort(to)
	switch {
	case errors.Is(err, errTime) && l.sent:
		text = fmt.Sprintf("no answer from %s within %s", host, timeout)
	case errors.Is(err, errTime):
		text = fmt.Sprintf("no connection to %s within %s", host, timeout)
	case errors.Is(err, errTooLarge):
		class, text = sdk.MalformedAnswer, fmt.Sprintf("the answer of %s is over 1 MiB", host)
	case errors.Is(err, errSwitched), damaged(err):
		class, text = sdk.MalformedAnswer, fmt.Sprintf("the answer of %s is not plain HTTP", host)
	default:
		text = unconnected(host, err)
		if text == "" && !l.sent {
			text = fmt.Sprintf("no connection to %s: %s", host, reason(err))
		}
		if text == "" {
			class, text = cut(host, l, err)
		}
	}
	return &sdk.Failure{Class: class, Text: text, Sent: l.sent}
}

// unconnected is the text for what goes wrong before or while a connection is made secure, whose remedy is known; empty: it is not that.
func unconnected(host string, err error) string {
	if text := untrusted(host, err); text != "" {
		return text
	}
	var proxy *proxyError
	if errors.As(err, &proxy) {
		return proxy.text(host)
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		at := "the proxy"
		var dial *net.OpError
		if errors.As(op.Err, &dial) && dial.Addr != nil {
			at += " " + dial.Addr.String()
		}
		return fmt.Sprintf("no connection to %s, through which %s is reached: %s", at, host, reason(op.Err))
	}
	var name *net.DNSError
	if errors.As(err, &name) {
		switch {
		case name.IsNotFound:
			return fmt.Sprintf("no connection to %s: there is no host of that name", host)
		case name.IsTimeout:
			return fmt.Sprintf("no connection to %s: its name could not be resolved in time", host)
		}
		return fmt.Sprintf("no connection to %s: its name could not be resolved", host)
	}
	return ""
}

// cut is for a connection that stood and brought no whole answer.
func cut(host string, l *lost, err error) (sdk.Class, string) {
	closed := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	var op *net.OpError
	network := errors.As(err, &op)
	switch {
	case l.answered && (closed || network):
		return sdk.Unavailable, fmt.Sprintf("the answer of %s was cut short", host)
	case l.answered:
		return sdk.MalformedAnswer, fmt.Sprintf("the answer of %s is not HTTP", host)
	case closed:
		return sdk.Unavailable, fmt.Sprintf("%s closed the connection without an answer", host)
	}
	return sdk.Unavailable, fmt.Sprintf("%s gave no answer: %s", host, reason(err))
}

// damaged tells whether the compression of an answer is broken, other than by being cut short.
func damaged(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt)
}

// reason is the innermost reason of a network error, in words that come from the operating system or from here: others may repeat what a
// vendor said.
func reason(err error) string {
	var errno syscall.Errno
	var timeout net.Error
	switch {
	case errors.As(err, &errno):
		return errno.Error()
	case alertOf(err, "local error") != "":
		return "the TLS handshake failed (" + alertOf(err, "local error") + ")"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "it took too long"
	}
	return "the connection failed"
}

// hostPort is where a request goes, for a person.
func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
