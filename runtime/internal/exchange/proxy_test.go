package exchange

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authrun/authrun/sdk"
)

// proxy is a small HTTP proxy that leads every request to one server, whatever host it is for.
type proxy struct {
	to     string
	refuse int // status of the answer to CONNECT; 0: it connects

	mu   sync.Mutex
	seen []string // method and host of each request
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.Host+" "+r.Header.Get("Proxy-Authorization"))
	p.mu.Unlock()
	if p.refuse != 0 {
		http.Error(w, "s3cret", p.refuse)
		return
	}
	if r.Method != http.MethodConnect {
		_, _ = io.WriteString(w, "by proxy "+r.URL.String())
		return
	}
	there, err := net.Dial("tcp", p.to)
	if err != nil {
		http.Error(w, "s3cret", http.StatusBadGateway)
		return
	}
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	done := make(chan struct{})
	go func() { defer close(done); _, _ = io.Copy(there, here); _ = there.Close() }()
	_, _ = io.Copy(here, there)
	_ = here.Close()
	<-done
}

func (p *proxy) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

func startProxy(t *testing.T, p *proxy) string {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	return address(server)
}

// environment is a lookup of variables.
func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func TestProxyOfTheNetwork(t *testing.T) {
	ours := newAuthority(t)
	server := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{pair(ours.issue())}})
	t.Run("a tunnel, even to loopback", func(t *testing.T) {
		p := &proxy{to: address(server)}
		at := startProxy(t, p)
		c, _ := chainTo(t, server.URL, func(o *Options) { o.Transport = direct(t, Network{CAFile: ours.file, Proxy: "http://user:pw@" + at}) })
		if _, body, err := get(t, c, server.URL); err != nil || body != "hello" {
			t.Fatalf("answer %q, %v, want hello", body, err)
		}
		if d := cmp.Diff([]string{"CONNECT " + address(server) + " Basic dXNlcjpwdw=="}, p.requests()); d != "" {
			t.Errorf("requests of the proxy (-want +got):\n%s", d)
		}
	})
	t.Run("plain", func(t *testing.T) {
		p := &proxy{}
		c, _ := chainTo(t, "http://a.example", func(o *Options) { o.Transport = direct(t, Network{Proxy: startProxy(t, p)}) })
		if _, body, err := get(t, c, "http://a.example/x"); err != nil || body != "by proxy http://a.example/x" {
			t.Errorf("answer %q, %v", body, err)
		}
	})
	t.Run("it refuses", func(t *testing.T) {
		p := &proxy{refuse: http.StatusProxyAuthRequired}
		at := startProxy(t, p)
		c, b := chainTo(t, "https://a.example", func(o *Options) { o.Transport = direct(t, Network{Proxy: "http://user:s3cret@" + at}) })
		_, _, err := get(t, c, "https://a.example"+secretPath)
		wantFailure(t, err, sdk.Unavailable, false, "no connection to a.example:443: the proxy "+at+" answered 407 Proxy Authentication Required")
		wantRows(t, b, rows{Begun: 1, Unsent: 1})
	})
	t.Run("it is not there", func(t *testing.T) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		for _, url := range []string{"http://a.example", "https://a.example"} {
			c, b := chainTo(t, url, func(o *Options) { o.Transport = direct(t, Network{Proxy: "http://user:s3cret@" + address(gone)}) })
			_, _, err := get(t, c, url+secretPath)
			wantFailure(t, err, sdk.Unavailable, false, "no connection to the proxy "+address(gone)+", through which a.example", "connection refused")
			wantRows(t, b, rows{Begun: 1, Unsent: 1})
		}
	})
}

func TestProxyOfTheEnvironment(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") }))
	defer server.Close()
	p := &proxy{}
	at := startProxy(t, p)
	for name, test := range map[string]struct {
		env    map[string]string
		direct bool // a.example is reached without it; it is not there, so that the exchange fails
		none   bool
	}{
		"capitals":            {env: map[string]string{"HTTP_PROXY": "http://" + at}},
		"small":               {env: map[string]string{"http_proxy": at}},
		"small wins":          {env: map[string]string{"http_proxy": at, "HTTP_PROXY": "http://127.0.0.1:1"}},
		"for https only":      {env: map[string]string{"HTTPS_PROXY": at}, direct: true},
		"excepted":            {env: map[string]string{"HTTP_PROXY": at, "NO_PROXY": "b.example,.example"}, direct: true},
		"excepted, small":     {env: map[string]string{"HTTP_PROXY": at, "no_proxy": "*"}, direct: true},
		"empty":               {env: map[string]string{"HTTP_PROXY": ""}, direct: true},
		"none in the network": {env: map[string]string{"HTTP_PROXY": at}, none: true, direct: true},
	} {
		t.Run(name, func(t *testing.T) {
			n := Network{}
			if test.none {
				n.Proxy = noProxy
			}
			choose, err := n.proxy(environment(test.env))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if choose != nil {
				req, err := http.NewRequest(http.MethodGet, "http://a.example/x", nil)
				if err != nil {
					t.Fatal(err)
				}
				u, err := choose(req)
				if err != nil {
					t.Fatal(err)
				}
				if u != nil {
					got = u.Host
				}
			}
			if want := map[bool]string{false: at}[test.direct]; got != want {
				t.Errorf("proxy %q, want %q", got, want)
			}
		})
	}
	t.Run("an exchange", func(t *testing.T) {
		rt, err := NewTransport(Network{}, environment(map[string]string{"HTTP_PROXY": at}))
		if err != nil {
			t.Fatal(err)
		}
		c, _ := chainTo(t, "http://a.example", func(o *Options) { o.Transport = rt })
		if _, body, err := get(t, c, "http://a.example/x"); err != nil || body != "by proxy http://a.example/x" {
			t.Errorf("answer %q, %v, want one by proxy", body, err)
		}
		c, _ = chainTo(t, server.URL, func(o *Options) { o.Transport = rt })
		if _, body, err := get(t, c, server.URL); err != nil || body != "direct" {
			t.Errorf("answer %q, %v, want a direct one from loopback", body, err)
		}
	})
	t.Run("nonsense", func(t *testing.T) {
		for variable, value := range map[string]string{"HTTP_PROXY": "http://user:s3cret@%zz", "HTTPS_PROXY": "ftp://user:s3cret@a"} {
			_, err := NewTransport(Network{}, environment(map[string]string{variable: value}))
			if err == nil || !strings.Contains(err.Error(), variable) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error %v, want one that names %s and hides its value", err, variable)
			}
		}
	})
}
