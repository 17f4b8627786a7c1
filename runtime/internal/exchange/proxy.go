package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// noProxy is the word for a direct connection whatever the environment says.
const noProxy = "none"

// proxy chooses the proxy of a request; nil: there is none for any.
func (n Network) proxy(env func(string) (string, bool)) (func(*http.Request) (*url.URL, error), error) {
	switch n.Proxy {
	case "":
		return environmentProxy(env, n.PinSHA256 != "")
	case noProxy:
		return nil, nil
	}
	u, err := parseProxy(n.Proxy)
	if err == nil {
		err = pinnable(u, n.PinSHA256 != "")
	}
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return http.ProxyURL(u), nil
}

// environmentProxy follows the variables as other programs do: the small ones win, NO_PROXY excepts hosts, and loopback needs no proxy.
func environmentProxy(env func(string) (string, bool), pinned bool) (func(*http.Request) (*url.URL, error), error) {
	if env == nil {
		return nil, nil
	}
	first := func(names ...string) string {
		for _, name := range names {
			if value, _ := env(name); value != "" {
				return value
			}
		}
		return ""
	}
	c := httpproxy.Config{HTTPProxy: first("http_proxy", "HTTP_PROXY"), HTTPSProxy: first("https_proxy", "HTTPS_PROXY"),
		NoProxy: first("no_proxy", "NO_PROXY"), CGI: first("REQUEST_METHOD") != ""}
	if c.HTTPProxy == "" && c.HTTPSProxy == "" {
		return nil, nil
	}
	for name, value := range map[string]string{"HTTP_PROXY": c.HTTPProxy, "HTTPS_PROXY": c.HTTPSProxy} {
		if value == "" {
			continue
		}
		// A value that is none would be passed over silently, and the secret would go another way than its owner thinks.
		u, err := parseProxy(value)
		if err == nil {
			err = pinnable(u, pinned)
		}
		if err != nil {
			return nil, fmt.Errorf("the environment variable %s: %w", name, err)
		}
	}
	choose := c.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return choose(r.URL) }, nil
}

// parseProxy reads a proxy's URL, or its host and port. Errors do not repeat it: it may hold a password.
func parseProxy(s string) (*url.URL, error) {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("it is not the URL of a proxy, such as http://127.0.0.1:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, errors.New("the URL of a proxy begins with http://, https://, socks5:// or socks5h://")
}

// pinnable refuses a proxy whose own certificate would be held against the vendor's pin.
func pinnable(u *url.URL, pinned bool) error {
	if pinned && u.Scheme == "https" {
		return errors.New("pin_sha256 does not work through an https:// proxy; name the vendor's authority with ca_file instead")
	}
	return nil
}

// proxyError says that a proxy refused to connect to the vendor.
type proxyError struct {
	proxy  string // host and port; empty: not known
	status int
}

// Error is its text without a host.
func (e *proxyError) Error() string { return e.text("the vendor") }

func (e *proxyError) text(host string) string {
	proxy := "the proxy"
	if e.proxy != "" {
		proxy += " " + e.proxy
	}
	return fmt.Sprintf("no connection to %s: %s answered %d %s", host, proxy, e.status, http.StatusText(e.status))
}

// proxyAnswered turns a proxy's refusal into an error of our own: net/http's is made of the proxy's words.
func proxyAnswered(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{proxy: proxy.Host, status: answer.StatusCode}
}
