package exchange

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"github.com/authrun/authrun/sdk"
)

// endpoint lets requests pass to the origins of the declared endpoints, and nowhere else.
type endpoint struct {
	origins map[string]bool
	next    http.RoundTripper
}

func newEndpoint(urls []string, next http.RoundTripper) *endpoint {
	e := &endpoint{origins: make(map[string]bool), next: next}
	for _, u := range urls {
		if o, err := Origin(u); err == nil {
			e.origins[o] = true
		}
	}
	return e
}

// RoundTrip refuses a request to any other origin.
func (e *endpoint) RoundTrip(req *http.Request) (*http.Response, error) {
	origin, err := originOf(req.URL)
	if err != nil {
		return nil, refused("the plugin asked for an exchange that is not allowed: " + err.Error())
	}
	if !e.origins[origin] {
		allowed := "it declared none"
		if len(e.origins) > 0 {
			allowed = "allowed: " + strings.Join(slices.Sorted(maps.Keys(e.origins)), ", ")
		}
		return nil, refused(fmt.Sprintf("the plugin asked for an exchange with %s, which is no origin of its endpoint arguments (%s)", origin, allowed))
	}
	return e.next.RoundTrip(req)
}

// refused is the failure of a request that breaks one of the host's rules and therefore never leaves. Asking again changes nothing: it is
// a fault of the plugin.
func refused(text string) *sdk.Failure {
	return &sdk.Failure{Class: sdk.Unsupported, Text: text + "; nothing was sent"}
}

// Origin is the normalised origin of an endpoint's URL: "https://api.example.com:443". The error says what is wrong with the URL and does
// not repeat it.
func Origin(rawURL string) (string, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// The error of url.Parse repeats the URL, and a URL may hold a password.
		return "", errors.New("it is not a URL")
	}
	return originOf(u)
}

func originOf(u *url.URL) (string, error) {
	if u == nil {
		return "", errors.New("there is no URL")
	}
	scheme := strings.ToLower(u.Scheme)
	port := ""
	switch scheme {
	case "http":
		port = "80"
	case "https":
		port = "443"
	default:
		return "", errors.New("the URL does not begin with http:// or https://")
	}
	if u.User != nil {
		return "", errors.New("the URL has a user name in front of the host")
	}
	if u.Opaque != "" || u.Hostname() == "" {
		return "", errors.New("the URL has no host")
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return "", errors.New("the URL's port is not a number from 1 to 65535")
		}
		port = strconv.FormatUint(n, 10)
	}
	host, err := hostOf(u.Hostname())
	if err != nil {
		return "", err
	}
	return scheme + "://" + net.JoinHostPort(host, port), nil
}

// hostOf normalises a host in the way in which net/http does before it dials, so that equal hosts here are one host there.
func hostOf(host string) (string, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.String(), nil
	}
	for _, r := range host {
		if r >= 0x80 {
			ascii, err := idna.Lookup.ToASCII(host)
			if err != nil {
				return "", errors.New("the URL's host is not a valid name")
			}
			return ascii, nil
		}
	}
	return strings.ToLower(host), nil
}
