package exchange

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authrun/authrun/sdk"
)

// never is a transport that must not be asked.
type never struct{ t *testing.T }

func (n never) RoundTrip(r *http.Request) (*http.Response, error) {
	n.t.Errorf("a request left for %s", r.URL.Host)
	return nil, http.ErrUseLastResponse
}

// always is a transport that answers without asking anybody.
type always struct{}

func (always) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

func TestOrigin(t *testing.T) {
	for in, want := range map[string]string{
		"https://api.example.com":           "https://api.example.com:443",
		"HTTPS://API.Example.com:443/v1":    "https://api.example.com:443",
		"http://api.example.com":            "http://api.example.com:80",
		"http://api.example.com:/x":         "http://api.example.com:80",
		"http://127.0.0.1:08080/?a=b":       "http://127.0.0.1:8080",
		"http://[::1]:9011":                 "http://[::1]:9011",
		"http://[0:0:0:0:0:0:0:1]:9011/api": "http://[::1]:9011",
		"https://bücher.example":            "https://xn--bcher-kva.example:443",
		"https://BÜCHER.example":            "https://xn--bcher-kva.example:443",
	} {
		if got, err := Origin(in); err != nil || got != want {
			t.Errorf("Origin(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"":                             "http://",
		"api.example.com":              "http://",
		"ftp://api.example.com":        "http://",
		"https:api.example.com":        "no host",
		"https://":                     "no host",
		"https://:443":                 "no host",
		"https://s3cret@a.example":     "user name",
		"https://a:s3cret@a.example":   "user name",
		"https://a.example:0":          "port",
		"https://a.example:65536":      "port",
		"https://a.example:x/s3cret":   "not a URL",
		"https://a b.example/s3cret":   "not a URL",
		"https://\u00ad\u200d.example": "valid name",
	} {
		got, err := Origin(in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Origin(%q) = %q, %v, want an error that says %q", in, got, err, want)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the error of Origin(%q) repeats the URL: %v", in, err)
		}
	}
}

func TestEndpointRefuses(t *testing.T) {
	const allowed = "https://api.example.com/v1"
	for name, asked := range map[string]string{
		"another host":             "https://evil.example" + secretPath,
		"a host that begins alike": "https://api.example.com.evil.example" + secretPath,
		"a host that ends alike":   "https://evilapi.example.com" + secretPath,
		"another scheme":           "http://api.example.com" + secretPath,
		"another port":             "https://api.example.com:8443" + secretPath,
		"user info":                "https://api.example.com@evil.example" + secretPath,
		"user info, same host":     "https://s3cret:s3cret@api.example.com/",
		"a final dot":              "https://api.example.com./",
		"no scheme":                "//api.example.com/",
		"a file":                   "file:///etc/passwd",
	} {
		t.Run(name, func(t *testing.T) {
			c, b := chainTo(t, allowed, func(o *Options) { o.Transport = never{t} })
			_, _, err := get(t, c, asked)
			wantFailure(t, err, sdk.Unsupported, false, "nothing was sent")
			wantRows(t, b, rows{})
		})
	}
	t.Run("no URL", func(t *testing.T) {
		c, _ := chainTo(t, allowed, func(o *Options) { o.Transport = never{t} })
		_, _, err := do(t, c, (&http.Request{Header: http.Header{}}).WithContext(t.Context()))
		wantFailure(t, err, sdk.Unsupported, false, "no URL")
	})
	t.Run("a host beside the URL", func(t *testing.T) {
		c, _ := chainTo(t, allowed, func(o *Options) { o.Transport = never{t} })
		req := (&http.Request{URL: &url.URL{Scheme: "https", Opaque: "//evil.example/", Host: "api.example.com"}}).WithContext(t.Context())
		_, _, err := do(t, c, req)
		wantFailure(t, err, sdk.Unsupported, false, "no host")
	})
	t.Run("nothing declared", func(t *testing.T) {
		c, _ := chainTo(t, "not a URL", func(o *Options) { o.Transport = never{t} })
		_, _, err := get(t, c, allowed)
		wantFailure(t, err, sdk.Unsupported, false, "declared none")
	})
}

func TestEndpointAllows(t *testing.T) {
	for _, asked := range []string{"https://api.example.com", "https://API.EXAMPLE.COM:443/other?q=1", "HTTPS://api.example.com/v1/x"} {
		c, b := chainTo(t, "https://api.example.com/v1/", func(o *Options) { o.Transport = always{} })
		if _, _, err := get(t, c, asked); err != nil {
			t.Errorf("%s: %v", asked, err)
		}
		wantRows(t, b, rows{Begun: 1, Settled: []Outcome{{Class: Answered, Status: 200}}})
	}
}
